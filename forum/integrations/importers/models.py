"""What was taken from where, and how far a run came."""

import datetime as dt

from sqlalchemy import Boolean, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, Id


class ImportKey(Base):
    """Something of a source and what it became here. `digest` tells whether it changed since it was taken."""

    __tablename__ = "import_key"
    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    row_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(32), server_default="")
    edits: Mapped[int] = mapped_column(Integer, server_default="0")  # revisions taken: more mean an edit made here
    gone: Mapped[bool] = mapped_column(Boolean, server_default=false())  # not in the newest dump: taken away


class ImportRun(Base):
    """One run of an import that changed something, or that has not ended yet."""

    __tablename__ = "import_run"
    id: Mapped[Id]
    source: Mapped[str] = mapped_column(String(60), index=True)
    stage: Mapped[str] = mapped_column(String(20))
    done: Mapped[int] = mapped_column(Integer, server_default="0")  # records of this stage
    changed: Mapped[int] = mapped_column(Integer, server_default="0")  # rows written in all stages
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
    through: Mapped[dt.datetime | None]  # the newest moment in the source
