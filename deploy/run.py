"""`make run`: bring the schema up to date, make the demo community if the place is empty, and serve."""

import os
import sys

from deploy.embedded import application, serve


def main() -> None:
    """Serve until a signal ends the process."""
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    serve(_prepare)


def _prepare() -> None:
    app = application()
    from flask_migrate import upgrade
    from sqlalchemy import func, select

    from forum.admin.queries import demo_sign_ins
    from forum.extensions import db
    from forum.integrations.demo.sign_ins import SIGN_INS
    from forum.members.models import Member

    settings = app.config["SETTINGS"]
    with app.app_context():
        upgrade()
        if not db.session.scalar(select(func.count()).select_from(Member)):
            sys.stdout.write("Making the demo community ...\n")
            sys.stdout.flush()
            from forum.integrations.demo.build import build

            build()
        made_up = demo_sign_ins(db.session())
        db.session.remove()
    sys.stdout.write(f"\nLaurel serves {settings.base_url}\n\n")
    if made_up:
        sys.stdout.write("Demo sign-ins (remove the demo on /manage before going live):\n")
        there = [one for one in SIGN_INS if one[0] in made_up]
        sys.stdout.writelines(f"  {name:<10} {word}   {role}\n" for name, word, role in there)
    if settings.mail_url.startswith("file:"):
        sys.stdout.write("\nMail is kept as files; the manager reads it at /manage/outbox.\n")
    sys.stdout.write("Ctrl-C ends.\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
