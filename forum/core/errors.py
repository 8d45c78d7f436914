"""The few errors that rooms raise; what people and programs see of them is decided in `forum.doors`."""

from collections.abc import Mapping

from forum.core.i18n import Text
from forum.core.i18n import lazy_gettext as _l


class DomainError(Exception):
    """Something that the person who asked can understand. Has a status, a code and a message.

    `rule` is an anchor on /ranks, when a rule is behind it.
    """

    status = 400
    code = "invalid"

    def __init__(self, message: Text, rule: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.rule = rule


class NotFound(DomainError):
    """It is not there, or the viewer may not know that it is."""

    status = 404
    code = "not_found"

    def __init__(self, message: Text | None = None) -> None:
        super().__init__(message or _l("There is nothing here, or it is not open to you."))


class Unauthenticated(DomainError):
    """Nobody is signed in, and somebody must be."""

    status = 401
    code = "unauthenticated"

    def __init__(self, message: Text | None = None) -> None:
        super().__init__(message or _l("Please sign in first."))


class Forbidden(DomainError):
    """The guardian said no, and gave a reason."""

    status = 403
    code = "forbidden"


class ReadOnly(Forbidden):
    """The place takes nothing new: it is closed, or the member may only read for now."""

    code = "read_only"


class Invalid(DomainError):
    """What was sent cannot be taken. `fields` says, for each field, what to do."""

    status = 422

    def __init__(self, fields: Mapping[str, Text] | Text, rule: str | None = None) -> None:
        self.fields: dict[str, Text] = dict(fields) if isinstance(fields, Mapping) else {"": fields}
        super().__init__(next(iter(self.fields.values()), _l("Please check what you entered.")), rule)


class Conflict(DomainError):
    """The thing is not in the state that the request supposes."""

    status = 409
    code = "conflict"


class TooLarge(DomainError):
    """The request carries more than is taken."""

    status = 413
    code = "too_large"


class Unavailable(DomainError):
    """Something that this rests on (a storage of files) is out of reach: in some seconds it may work."""

    status = 503
    code = "unavailable"
    retry_after = 30


class TooMany(DomainError):
    """Too often. `retry_after` is in seconds."""

    status = 429
    code = "too_many"

    def __init__(self, retry_after: int, message: Text | None = None, rule: str | None = None) -> None:
        super().__init__(message or _l("That was a little fast. Please wait a moment and try again."), rule)
        self.retry_after = max(1, retry_after)
