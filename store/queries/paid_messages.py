"""How many messages went out for money today: the daily cap over all processes."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TAKE = text("""
insert into paid_messages as known (channel, day, number)
select :channel, cast(:day as date), cast(:number as int) where cast(:number as int) <= cast(:cap as int)
on conflict (channel, day) do update set number = known.number + excluded.number
where known.number + excluded.number <= cast(:cap as int)
returning number
""")
_GIVE_BACK = text("""
update paid_messages set number = greatest(number - cast(:number as int), 0) where channel = :channel and day = :day
""")


async def take_paid_messages(
    connection: AsyncConnection, *, channel: str, day: date, cap: int, number: int = 1
) -> bool:
    """Count paid messages of a day, all or none; False where the day's cap would be passed."""
    values = {"channel": channel, "day": day, "cap": cap, "number": number}
    return (await connection.execute(_TAKE, values)).first() is not None


async def give_back_paid_messages(connection: AsyncConnection, *, channel: str, day: date, number: int = 1) -> None:
    """Count so many less: they certainly did not leave."""
    await connection.execute(_GIVE_BACK, {"channel": channel, "day": day, "number": number})
