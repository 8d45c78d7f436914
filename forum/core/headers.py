"""The headers that every answer carries (SECURITY: "Headers")."""

from flask import Flask, request
from werkzeug.wrappers import Response

from forum.core.page_cache import KEEP

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
A_YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Put the headers on every answer. What is kept for guests may be held by caches that ask before each use."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if app.config["SETTINGS"].secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}; includeSubDomains")
        if request.endpoint == "static":
            fingerprinted = "/dist/" in request.path  # names there carry a hash of the content
            response.headers["Cache-Control"] = (
                f"public, max-age={A_YEAR}, immutable" if fingerprinted else "public, max-age=300"
            )
        elif "Cache-Control" not in response.headers:
            kept = KEEP in request.environ and response.status_code == 200
            response.headers["Cache-Control"] = "no-cache" if kept else "private, no-store"
            response.headers.add("Vary", "Cookie, Accept-Language")
        return response
