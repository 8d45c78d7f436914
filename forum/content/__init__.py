"""Text that people typed, turned into HTML that is safe to show. Pure: no request, no database."""
