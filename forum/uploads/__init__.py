"""Pictures in posts: taken in, checked, made small and clean, and shown to whoever may read the post."""
