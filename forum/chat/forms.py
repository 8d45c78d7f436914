"""What socket events may carry, validated. Strict: a number is a number, text is text that a database can keep."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from forum.core.pagination import LARGEST_ID

Slug = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[\w-]+$")]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
Body = Annotated[str, StringConstraints(max_length=64 * 1024)]  # how long it may be, and why not, the action says
Number = Annotated[int, Field(ge=0, le=LARGEST_ID)]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class InRoom(BaseModel):
    """`chat:leave`, `chat:typing`, `chat:unread`: a room."""

    room: Slug


class Join(InRoom):
    """`chat:join`: and the last change number that the client knows."""

    after_seq: Number | None = None


class Send(InRoom):
    """`chat:send`: and what is said, under an id that the client made."""

    client_id: ClientId
    body: Body
    reply_to: Id | None = None


class History(InRoom):
    """`chat:history`: and the place before which to look."""

    before: Number | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Read(InRoom):
    """`chat:read`: and the place up to which it was read."""

    n: Number


class Message(BaseModel):
    """`chat:delete`: a message."""

    id: Id


class Edit(Message):
    """`chat:edit`: and its new words."""

    body: Body


class React(Message):
    """`chat:react`: and a sign, put there or taken back."""

    sign: Literal["thanks", "agree", "smile"]
    on: bool = True
