"""How many messages went out for money today: the daily cap over all processes."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TAKE = text("""
insert into paid_messages as known (channel, day, number) select :channel, cast(:day as date), 1 where :cap > 0
on conflict (channel, day) do update set number = known.number + 1 where known.number < :cap
returning number
""")
_GIVE_BACK = text("update paid_messages set number = number - 1 where channel = :channel and day = :day and number > 0")


async def take_paid_message(connection: AsyncConnection, *, channel: str, day: date, cap: int) -> bool:
    """Count one paid message of a day; False when the day's cap is reached."""
    values = {"channel": channel, "day": day, "cap": cap}
    return (await connection.execute(_TAKE, values)).first() is not None


async def give_back_paid_message(connection: AsyncConnection, *, channel: str, day: date) -> None:
    """Count one less: it certainly did not leave."""
    await connection.execute(_GIVE_BACK, {"channel": channel, "day": day})
