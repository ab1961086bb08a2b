"""Time machine: signed links with which staff talk to the bot as on another day, past or future.

A token names the day and until when it may be used, and is signed with a secret of the system: nobody else can make
one, and changing a letter voids it. It gives no access to anything but answers as on that day.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime

#: Bytes of the signature that a token carries: 128 bits cannot be guessed.
_SIGNATURE_BYTES = 16


class AsOnRefused(ValueError):
    """The token may not be used; `expired` tells whether it once could."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("the link has expired" if expired else "the link is not one of ours")
        self.expired = expired


@dataclass(frozen=True)
class AsOn:
    """The day that a token stands for, and the moment until which it may be used."""

    day: date
    until: datetime


def make_token(secret: bytes, as_on: AsOn) -> str:
    """Return a token such as `2024-05-01.1764123456.vZ3…`."""
    body = f"{as_on.day.isoformat()}.{int(as_on.until.timestamp())}"
    return f"{body}.{_signature(secret, body)}"


def read_token(secret: bytes, token: str, now: datetime) -> AsOn:
    """Return what a token stands for.

    Raises:
        AsOnRefused: forged, damaged, or used after its time.
    """
    body, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(secret, body).encode()):
        raise AsOnRefused(expired=False)
    day, _, until = body.partition(".")
    as_on = AsOn(date.fromisoformat(day), datetime.fromtimestamp(int(until), UTC))
    if now >= as_on.until:
        raise AsOnRefused(expired=True)
    return as_on


def _signature(secret: bytes, body: str) -> str:
    digest = hmac.new(secret, b"as-on:" + body.encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
