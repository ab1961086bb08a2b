"""Payloads that are too long for a provider's buttons, kept under a short reference."""

from collections.abc import Mapping

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

_KEEP = text("""
insert into button_payload (reference, payload)
select key, value from jsonb_each_text(:payloads) on conflict (reference) do nothing
""").bindparams(bindparam("payloads", type_=JSONB))
_FIND = text("select payload from button_payload where reference = :reference")


async def keep_payloads(connection: AsyncConnection, payloads: Mapping[str, str]) -> None:
    """Keep payloads by their references. Few are ever made, and a button may be pressed years later: they stay."""
    await connection.execute(_KEEP, {"payloads": dict(payloads)})


async def find_payload(connection: AsyncConnection, reference: str) -> str | None:
    """Return the payload that a reference stands for, None when nobody kept it."""
    return (await connection.execute(_FIND, {"reference": reference})).scalar_one_or_none()
