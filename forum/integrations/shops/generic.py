"""The generic webhook that any shop can send (docs/shop-webhooks.md)."""

import datetime as dt
import hashlib
import hmac
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from forum.content.sanitize import safe_url
from forum.integrations.shops.delivery import BadSignature, Delivery, Line, Malformed

TOLERANCE = 300  # seconds between the shop's clock and ours
MOST_LINES = 500
EARLIEST = 2000  # no shop that talks to us is older
HEADER_LENGTH = 1000


def verify(secret: str, header: str | None, body: bytes, at: float) -> None:
    """Check `Webhook-Signature: t=<unix>,v1=<hex HMAC-SHA256 of "t.body">` at the moment `at` (Unix seconds).

    Any of several `v1` may match, so that a shop can rotate its secret.

    Raises:
        BadSignature: it is missing, malformed, older or newer than 300 s, or of another secret or body.
    """
    stamp, signatures = "", []
    for part in (header or "")[:HEADER_LENGTH].split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            stamp = value
        elif name == "v1":
            signatures.append(value)
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12 or not signatures:
        raise BadSignature("The header Webhook-Signature must read t=<unix seconds>,v1=<hex signature>.")
    if abs(at - int(stamp)) > TOLERANCE:
        raise BadSignature(f"The signature's time is more than {TOLERANCE} seconds away from ours.")
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = [signature.encode("ascii", "replace") for signature in signatures]
    if not any(hmac.compare_digest(expected.encode(), candidate) for candidate in given):
        raise BadSignature("The signature does not fit this body and secret.")


def sign(secret: str, body: bytes, at: int) -> str:
    """The header that a shop sends with `body` at the Unix second `at`."""
    digest = hmac.new(secret.encode(), str(at).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _printable(value: str) -> str:
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in value):
        raise ValueError("must not hold control characters")
    return value


def _sensible(moment: dt.datetime) -> dt.datetime:
    if not EARLIEST <= moment.year <= 9000:
        raise ValueError("must be a time of this century")
    return moment


Stripped = StringConstraints(min_length=1, max_length=200, strip_whitespace=True)
Words = Annotated[str, Stripped, AfterValidator(_printable)]
Word = Annotated[Words, StringConstraints(max_length=120)]
Moment = Annotated[AwareDatetime, AfterValidator(_sensible)]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")
    sku: Word
    name: Words
    quantity: Annotated[int, Field(ge=0, le=1_000_000)]
    url: str | None = None


class _Order(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")
    id: Words
    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_printable)] | None = None
    lines: Annotated[list[_Line], Field(max_length=MOST_LINES)] = []


class _Body(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")
    id: Words
    type: Literal["order.paid", "order.refunded", "order.cancelled"]
    occurred_at: Moment
    order: _Order


def parse(body: bytes) -> Delivery:
    """Read the body of a delivery.

    Raises:
        Malformed: it is not JSON of this form; the message names the first place that is wrong.
    """
    try:
        read = _Body.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Malformed(f"{place}: {first['msg']}") from None
    if read.type == "order.paid" and not read.order.lines:
        raise Malformed("order.lines: a paid order has at least one line")
    return Delivery(
        delivery_id=read.id,
        kind=read.type,
        occurred_at=read.occurred_at,
        order_id=read.order.id,
        email=read.order.email or None,
        lines=_summed(read.order.lines),
    )


def _summed(lines: list[_Line]) -> tuple[Line, ...]:
    """Lines of one sku as one line; the first name and address count."""
    summed: dict[str, Line] = {}
    for line in lines:
        before = summed.get(line.sku)
        quantity = line.quantity + (before.quantity if before else 0)
        name, url = (before.name, before.url) if before else (line.name, _shop_url(line.url))
        summed[line.sku] = Line(sku=line.sku, name=name, quantity=quantity, url=url)
    return tuple(summed.values())


def _shop_url(url: str | None) -> str | None:
    safe = safe_url(url) if url and len(url) <= 500 else None
    return safe if safe and safe.startswith(("https://", "http://")) else None
