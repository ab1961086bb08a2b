"""Zalo's signature of an event: a plain SHA-256 over the very bytes that came. It is no HMAC.

`mac = sha256(app id + raw body + timestamp + OA secret key)`. Which timestamp, which first term and which key is meant
differs between the sources (docs/channels.md); all documented candidates are tried, and the one that fitted is told.
"""

import hashlib
import hmac
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels.zalo.account import ZaloAccount

SIGNATURE_HEADER = "X-ZEvent-Signature"
TIMESTAMP_HEADER = "X-ZEvent-Timestamp"


@dataclass(frozen=True)
class Candidate:
    """One way to sign that somebody documented."""

    timestamp: str
    first: str
    key: str

    def __str__(self) -> str:
        return f"{self.timestamp}/{self.first}/{self.key}"


def mac_of(first: str, body: bytes, timestamp: str, key: str) -> str:
    """Return the signature as 64 hex digits."""
    return hashlib.sha256(first.encode() + body + timestamp.encode() + key.encode()).hexdigest()


def matching_candidate(
    account: ZaloAccount, body: bytes, signature: str, *, header_timestamp: str | None, body_timestamp: str | None
) -> Candidate | None:
    """Return by which documented way `signature` is right, None when by none.

    Args:
        signature: as in the header, with or without `mac=`.
        body_timestamp: the event's own `timestamp` as text; None where the body has none.
    """
    given = signature.strip().removeprefix("mac=").strip().lower()
    found = None
    for candidate, first, timestamp, key in _candidates(account, header_timestamp, body_timestamp):
        # All are computed whatever fits: the time taken tells nothing.
        right = hmac.compare_digest(mac_of(first, body, timestamp, key).encode(), given.encode())
        if right and found is None:
            found = candidate
    return found


def _candidates(
    account: ZaloAccount, header_timestamp: str | None, body_timestamp: str | None
) -> Iterator[tuple[Candidate, str, str, str]]:
    timestamps = {"header": header_timestamp, "body": body_timestamp}
    firsts = {"app_id": account.app_id, "oa_id": account.oa_id}
    keys = {"oa_secret_key": account.webhook_key, "app_secret": account.app_secret}
    for timestamp, first, key in itertools.product(timestamps, firsts, keys):
        stamp, secret = timestamps[timestamp], keys[key]
        if stamp is not None and secret:
            yield Candidate(timestamp, first, key), firsts[first], stamp, secret
