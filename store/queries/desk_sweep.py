"""What the help desk's clock looks for. Whoever acts locks each ticket and looks again."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ABANDONED = text("""
select ticket.id from ticket join staff_account on staff_account.id = assignee_id
where state in ('pending', 'open')
  and (disabled_at is not null or coalesce(present_at, '-infinity') < :present_since)
  and coalesce(assigned_at, '-infinity') < :present_since
order by ticket.id limit 200
""")


async def abandoned_tickets(connection: AsyncConnection, *, present_since: datetime) -> list[int]:
    """Return tickets of officers who are not there (any more)."""
    return list((await connection.execute(_ABANDONED, {"present_since": present_since})).scalars())


# Only what somebody who is there could take: without officers there is nothing to look at.
_UNASSIGNED = text("""
select id from ticket
where state in ('pending', 'open') and assignee_id is null
  and exists (select from staff_account where present_at >= :present_since and disabled_at is null
              and organisation = ticket.organisation)
order by reason = 'danger' desc, answer_due_at nulls last, id limit 200
""")


async def unassigned_tickets(connection: AsyncConnection, *, present_since: datetime) -> list[int]:
    """Return tickets that are nobody's while somebody of their organisation is there, most urgent first."""
    return list((await connection.execute(_UNASSIGNED, {"present_since": present_since})).scalars())


_SLEPT = text("select id from ticket where state = 'snoozed' and snoozed_until <= :now order by id limit 200")


async def slept_tickets(connection: AsyncConnection, *, now: datetime) -> list[int]:
    """Return snoozed tickets whose time has come."""
    return list((await connection.execute(_SLEPT, {"now": now})).scalars())


_OVERDUE = text("""
select id from ticket
where state in ('pending', 'open') and answer_due_at <= :now and escalation_step = 0 order by id limit 200
""")
# Those that wait longest come first: behind the first that is not due again none is.
_STILL_WAITING = text("""
select id, escalated_at from ticket
where state in ('pending', 'open') and answer_due_at <= :now and escalation_step = 1
order by escalated_at, id limit 200
""")


async def overdue_tickets(connection: AsyncConnection, *, now: datetime) -> list[int]:
    """Return tickets that nobody answered in time, and of which nobody was told yet."""
    return list((await connection.execute(_OVERDUE, {"now": now})).scalars())


async def tickets_still_waiting(connection: AsyncConnection, *, now: datetime) -> list[tuple[int, datetime]]:
    """Return tickets that nobody answered though colleagues were told, with when they were, the first first."""
    return [(int(row.id), row.escalated_at) for row in await connection.execute(_STILL_WAITING, {"now": now})]


# Somebody wrote back and waits again: the clock runs anew from what they wrote.
_WAITING_AGAIN = text("""
select id, heard_at from ticket
where state = 'open' and answer_due_at is null and answered_at is not null and heard_at > answered_at
order by id limit 200
""")


async def tickets_waiting_again(connection: AsyncConnection) -> list[tuple[int, datetime]]:
    """Return tickets in which the person wrote after the officer, with when, for which no clock runs yet."""
    return [(int(row.id), row.heard_at) for row in await connection.execute(_WAITING_AGAIN)]


_ALONE = text("""
select distinct conversation.id from ticket join conversation on conversation.id = ticket.conversation_id
where state = 'open' and assignee_id is null and (answered_at is null or heard_at > answered_at)
  and silent_until > :back order by 1 limit 200
""")


async def chats_left_alone(connection: AsyncConnection, *, back: datetime) -> list[int]:
    """Return chats in which somebody waits, no officer is there, and the bot would keep quiet beyond `back`."""
    return list((await connection.execute(_ALONE, {"back": back})).scalars())
