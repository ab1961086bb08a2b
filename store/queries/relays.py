"""Relays: people in villages who spread a campaign and confirm that it was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class NewRelay:
    """A village and a medium, with the code of the link that confirms it."""

    code: str
    commune: str
    village: str
    medium: str


_ADD = text("""
insert into campaign_relay (campaign_id, code, commune, village, medium, created_by, created_at)
values (:campaign_id, :code, :commune, :village, :medium, :by, :now)
""")


async def add_relays(
    connection: AsyncConnection, campaign_id: int, relays: Sequence[NewRelay], *, by: int, now: datetime
) -> None:
    """Add relays of a campaign."""
    for one in relays:
        values = {"campaign_id": campaign_id, "by": by, "now": now, **vars(one)}
        await connection.execute(_ADD, values)


@dataclass(frozen=True)
class Relay:
    """A relay, and when it was confirmed."""

    code: str
    commune: str
    village: str
    medium: str
    title: str
    organisation_name: str
    confirmed_at: datetime | None


_COLUMNS = """relay.code, relay.commune, village, medium, title,
    coalesce(organisation.name, campaign.organisation), confirmed_at"""
_JOINED = """campaign_relay as relay join campaign on campaign.id = relay.campaign_id
    left join organisation on organisation.code = campaign.organisation"""
_FIND = text(f"select {_COLUMNS} from {_JOINED} where relay.code = :code")
_OF_CAMPAIGN = text(
    f"select {_COLUMNS} from {_JOINED} where campaign_id = :id order by relay.commune, village, medium, relay.id"
)


async def find_relay(connection: AsyncConnection, code: str) -> Relay | None:
    """Return the relay with a code, None when there is none."""
    row = (await connection.execute(_FIND, {"code": code})).one_or_none()
    return None if row is None else Relay(*row)


async def relays_of(connection: AsyncConnection, campaign_id: int) -> list[Relay]:
    """Return the relays of a campaign by place."""
    return [Relay(*row) for row in await connection.execute(_OF_CAMPAIGN, {"id": campaign_id})]


_CONFIRM = text("update campaign_relay set confirmed_at = :now where code = :code and confirmed_at is null")


async def confirm_relay(connection: AsyncConnection, code: str, *, now: datetime) -> bool:
    """Note that a relay spread the word; return False when it was noted before, or there is no such relay."""
    return (await connection.execute(_CONFIRM, {"code": code, "now": now})).rowcount == 1
