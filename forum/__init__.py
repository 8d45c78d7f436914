"""Laurel: a customer community in which helping earns rank."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings, read_settings
from forum import cli, doors, frame, kept_pages, models
from forum.core import assets, compression, filters, headers
from forum.core.database import engine_options
from forum.core.templating import Templates
from forum.extensions import babel, csrf, db, limiter, login_manager, migrate, socketio
from forum.realtime import limit

ROOMS = (
    "admin",
    "badges",
    "boards",
    "chat",
    "desk",
    "drafts",
    "feeds",
    "health",
    "invitations",
    "members",
    "moderation",
    "notifications",
    "purchases",
    "reputation",
    "search",
    "threads",
    "trades",
    "uploads",
)
PAGE_LIMITS = "200 per minute; 50 per 10 second"


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """Build the application.

    Args:
        settings: the checked settings; read from the environment if not given.
        testing: let unexpected errors through instead of drawing a page.

    Raises:
        config.SettingError: a setting is wrong.
    """
    settings = settings or read_settings()
    app = Flask(__name__, root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.jinja_environment = Templates
    _configure(app, settings, testing)
    kept_pages.register(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    for events in ("forum.realtime.connection", "forum.chat.sockets", "forum.desk.sockets"):  # bound later
        import_module(events)
    _bind_extensions(app, settings)
    for part in (compression, headers, filters, assets, doors, frame, cli):
        part.register(app)
    for room in ROOMS:
        app.register_blueprint(import_module(f"forum.{room}.routes").blueprint)
    return app


def _configure(app: Flask, settings: Settings, testing: bool) -> None:
    app.config.update(
        SETTINGS=settings,
        TESTING=testing,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.web_threads),
        TRUSTED_HOSTS=settings.trusted_hosts,
        MAX_CONTENT_LENGTH=6 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        SESSION_COOKIE_NAME="__Host-session" if settings.secure else "session",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=60),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_ENABLED=settings.limits,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_STRATEGY="moving-window",
        RATELIMIT_DEFAULT=PAGE_LIMITS,
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def _bind_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(ROOT) / "migrations"), compare_type=True)
    login_manager.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    translations = str(ROOT / "translations")
    babel.init_app(app, locale_selector=doors.language_of_request, default_translation_directories=translations)
    socket_options: dict[str, Any] = {
        "async_mode": "threading",
        "transports": ["websocket"],
        "message_queue": settings.redis_url,
        "channel": limit.own_prefix(settings),
        "cors_allowed_origins": [],  # the door in front decides, and refuses a missing Origin too
        "max_http_buffer_size": limit.LARGEST_FRAME,
        "manage_session": False,
        "async_handlers": False,  # a client's events are handled one after the other, in its own thread
    }
    socketio.init_app(app, **socket_options)
    limit.guard(app, settings)


__all__ = ["create_app", "models"]
