"""The one place where text is declared to be HTML."""

from markupsafe import Markup


def trusted(html: str) -> Markup:
    """Mark HTML as safe to print. Only for what `render`, `clean` or a template made; never for a request's text."""
    return Markup(html)  # the stored column is written by render() and clean() alone; templates escape


def attribute(name: str, value: str) -> Markup:
    """An attribute of an element, with a blank before it; the value is escaped. `name` is ours, never a request's."""
    return Markup(' {}="{}"').format(name, value)
