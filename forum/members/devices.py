"""A browser in few words, so that people know their sessions apart."""

import re

# The first that is named decides; nearly every browser also claims to be some of those further down.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("MicroMessenger", "WeChat"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ("curl", "curl"), ("python", "Python"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)
_OTHER = re.compile(r"[A-Za-z][\w.-]{0,29}")


def device(user_agent: str) -> str:
    """For example "Firefox on Windows"; of an unknown program its own first word; "" when it says nothing."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if browser is None:
        own = _OTHER.match(user_agent)
        browser = own[0] if own else ""
    return f"{browser} on {system}" if browser and system else browser or system or ""


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for sign, name in known if sign in user_agent), None)
