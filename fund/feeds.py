"""Webhooks that tell of movements at once: SePay, Casso, payOS. Signatures first, then the movement itself.

Every feed is a convenience: the statement file is enough on its own, and tells of the same movement again.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson

from fund.accounts import plain_account
from fund.statement_cells import day_in, moment_in
from fund.statement_lines import StatementLine

#: How far a signed time may be from ours (SePay: ±5 min).
CLOCKS_DIFFER_BY = timedelta(minutes=5)


class Feed(StrEnum):
    """Who tells of movements; the value is the path of its webhook."""

    SEPAY = "sepay"
    CASSO = "casso"
    PAYOS = "payos"


class FeedRefused(Exception):
    """A call whose signature is missing or wrong, or that is too old."""


class MalformedFeed(ValueError):
    """A signed call that does not look as documented."""


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.strip().lower().encode(), right.encode())


def check_sepay(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime) -> None:
    """Check `X-SePay-Signature` (HMAC-SHA256 over "timestamp.body"), or `Authorization: Apikey`.

    Raises:
        FeedRefused: neither is right.
    """
    signature = headers.get("x-sepay-signature")
    if signature is None:
        kind, _, key = headers.get("authorization", "").partition(" ")
        if kind.lower() == "apikey" and hmac.compare_digest(key.strip().encode(), secret.encode()):
            return
        raise FeedRefused("no signature and no right key")
    timestamp = headers.get("x-sepay-timestamp", "")
    if not timestamp.isdecimal() or len(timestamp) > 12:
        raise FeedRefused("no timestamp")
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > CLOCKS_DIFFER_BY:
        raise FeedRefused("too old, or the clocks differ")
    right = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not _same(signature.removeprefix("sha256="), right):
        raise FeedRefused("wrong signature")


_CASSO_SIGNATURE = re.compile(r"t=(\d{1,16}),\s*v1=([0-9a-fA-F]{128})")


def casso_signature(timestamp: str, body: Any, key: str) -> str:
    """Return HMAC-SHA512 over "t.body", the body as compact JSON with its keys sorted at every depth."""
    said = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return hmac.new(key.encode(), timestamp.encode() + b"." + said, hashlib.sha512).hexdigest()


def check_casso(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime) -> None:
    """Check `X-Casso-Signature` (version 2), or `secure-token` (version 1).

    Raises:
        FeedRefused: neither is right.
    """
    token = headers.get("secure-token")
    if token is not None and hmac.compare_digest(token.encode(), secret.encode()):
        return
    found = _CASSO_SIGNATURE.fullmatch(headers.get("x-casso-signature", "").strip())
    if found is None:
        raise FeedRefused("no signature and no right token")
    if not _same(found[2], casso_signature(found[1], _json(body), secret)):
        raise FeedRefused("wrong signature")


def payos_signature(data: Mapping[str, Any], key: str) -> str:
    """Return HMAC-SHA256 over "key=value" of `data`, sorted by key, joined by "&"; nothing for null."""
    said = "&".join(f"{name}={_written(data[name])}" for name in sorted(data))
    return hmac.new(key.encode(), said.encode(), hashlib.sha256).hexdigest()


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def check_payos(headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime) -> None:
    """Check the `signature` in the body.

    Raises:
        FeedRefused: it is missing or wrong.
    """
    said = _json(body)
    data, signature = (said.get("data"), said.get("signature")) if isinstance(said, dict) else (None, None)
    if not isinstance(data, dict) or not isinstance(signature, str):
        raise FeedRefused("no signature")
    if not _same(signature, payos_signature(data, secret)):
        raise FeedRefused("wrong signature")


CHECKS = {Feed.SEPAY: check_sepay, Feed.CASSO: check_casso, Feed.PAYOS: check_payos}


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise FeedRefused("no JSON") from error


def lines_of(feed: Feed, body: bytes) -> list[StatementLine]:
    """Return the movements that a signed call tells of; none for a trial call of the provider.

    Raises:
        MalformedFeed: it does not look as documented.
    """
    try:
        said = orjson.loads(body)
        if feed is Feed.SEPAY:
            return [_sepay(said)]
        data = said["data"]
        if feed is Feed.PAYOS:
            return [_line(data, data["reference"], data["description"], data["amount"], data["transactionDateTime"])]
        return [_casso(one) for one in (data if isinstance(data, list) else [data]) if one.get("id") != 0]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedFeed(f"{feed}: {type(error).__name__} {error}") from error


def _sepay(said: dict[str, Any]) -> StatementLine:
    amount = said["transferAmount"] * {"in": 1, "out": -1}[said["transferType"]]
    # Without the bank's own number the provider's tells two like movements of one day apart.
    return _line(
        said, said.get("referenceCode") or f"SEPAY{said['id']}", said["content"], amount, said["transactionDate"]
    )


def _casso(said: dict[str, Any]) -> StatementLine:
    if "transactionDateTime" in said:
        number = said.get("reference") or f"CASSO{said['id']}"
        return _line(said, number, said["description"], said["amount"], said["transactionDateTime"])
    return _line(
        {
            "accountNumber": said.get("bank_sub_acc_id") or said["subAccId"],
            "counterAccountName": said.get("corresponsiveName"),
            "counterAccountNumber": said.get("corresponsiveAccount"),
            **said,
        },
        said.get("tid") or f"CASSO{said['id']}",
        said["description"],
        said["amount"],
        said["when"],
    )


def _line(said: Mapping[str, Any], reference: Any, memo: Any, amount: Any, when: Any) -> StatementLine:
    day = day_in(str(when))
    if day is None or not isinstance(amount, int) or isinstance(amount, bool) or amount == 0:
        raise ValueError("no day, or an amount that is not whole")
    return StatementLine(
        account=plain_account(str(said["accountNumber"])),
        booked_on=day,
        booked_at=moment_in(str(when)),
        amount=amount,
        memo=str(memo or "")[:1000],
        reference=re.sub(r"[^A-Z0-9.\-/]", "", str(reference or "").upper()) or None,
        counter_name=str(said.get("counterAccountName") or "") or None,
        counter_account=str(said.get("counterAccountNumber") or "") or None,
        raw=dict(said),
    )
