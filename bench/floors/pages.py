"""The floors of pages and writes: bare Flask on the product's server, database settings and data.

Run as `python -m bench.floors.pages` with the product's environment and BYTES_READY, the bytes of the kept
page, and BYTES_DRAWN, those of the page before compression.
"""

import os

from flask import Flask, render_template, request
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from config import read_settings
from deploy.server import Server
from forum.core import database

settings = read_settings()


class Base(DeclarativeBase):
    """The floor's own tables."""


db = SQLAlchemy(model_class=Base)


class FloorPost(Base):
    """A row of the product's posts as an ORM would have it."""

    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int]
    position: Mapped[int]
    author_id: Mapped[int]
    score: Mapped[int]
    body_html: Mapped[str]


class FloorNote(Base):
    """What the write floor inserts."""

    __tablename__ = "floor_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]


READY = b"x" * int(os.environ.get("BYTES_READY", "9000"))
TEMPLATE = """<!doctype html><title>{{ title }}</title>{% for post in posts %}<article id="p-{{ post.id }}">
<p>{{ post.author_id }} {{ post.score }}</p><div>{{ post.body_html|safe }}</div>{{ rest }}</article>{% endfor %}"""


def build() -> Flask:
    """The bare application."""
    app = Flask("floor")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=database.engine_options(settings.database_url, settings.web_threads),
    )
    db.init_app(app)
    app.jinja_env.loader = DictLoader({"page.html": TEMPLATE})  # compiled once, as templates are
    rest = ["x" * 300]

    @app.get("/hello")
    def hello() -> bytes:
        return READY

    @app.get("/page")
    def page() -> str:
        of_thread = select(FloorPost).where(FloorPost.thread_id == 1, FloorPost.position.between(0, 19))
        posts = db.session.scalars(of_thread.order_by(FloorPost.position)).all()
        return render_template("page.html", title="A page", posts=posts, rest=rest[0])

    @app.post("/write")
    def write() -> str:
        db.session.connection(execution_options=database.writing(db.engine.dialect.name))
        db.session.add(FloorNote(words=request.form["body"]))
        db.session.commit()
        return "kept"

    with app.app_context():
        Base.metadata.tables["floor_note"].create(db.engine, checkfirst=True)
        spare = int(os.environ.get("BYTES_DRAWN", "40000")) - len(app.test_client().get("/page").data)
        rest[0] = "x" * max(0, 300 + spare // 20)
        db.session.remove()
        db.engine.dispose()
    return app


if __name__ == "__main__":
    Server(settings, build).run()
