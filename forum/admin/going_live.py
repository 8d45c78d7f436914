"""What whoever starts the program is told before others come in."""

from sqlalchemy.orm import Session

from config import Settings
from forum.admin.queries import demo_sign_ins


def warning(session: Session, settings: Settings) -> str | None:
    """A warning when the demo's published passwords open a site that others can reach; None when all is well."""
    names = demo_sign_ins(session)
    if not names or not settings.is_public:
        return None
    return (
        f"Warning: {settings.base_url} is open to others, and the passwords of the demo's {', '.join(names)} are"
        " published. Remove the demo on /manage: the page asks for your own account as its manager."
    )
