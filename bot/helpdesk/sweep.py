"""The help desk's clock: nothing stays with somebody who went away, put aside for ever, or unanswered unnoticed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.helpdesk.escalation import tell_administrators, tell_colleagues
from bot.helpdesk.hours import DeskRules
from bot.helpdesk.opening import PRESENT_FOR, assign_to_somebody_present
from bot.helpdesk.talking import bot_comes_back
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.queries.desk import desk_rules
from store.queries.desk_sweep import (
    abandoned_tickets,
    chats_left_alone,
    overdue_tickets,
    slept_tickets,
    tickets_still_waiting,
    tickets_waiting_again,
    unassigned_tickets,
)
from store.queries.silence import chats_to_come_back_to, shorten_silence
from store.queries.staff import staff_member
from store.queries.ticket_history import add_ticket_event
from store.queries.tickets import change_ticket, get_ticket_with_chat
from store.ticket_states import EscalationStep, TicketEventKind, TicketState

log = structlog.get_logger(__name__)

#: With `PRESENT_FOR`, whoever goes away has lost their tickets within a minute.
SWEEP_SECONDS = 10
#: Where somebody waits, the officer is gone and nobody follows, the bot comes back after this long. Whoever answers by
#: API or command line has no page open: until the person writes again, the silence lasts as for others.
BACK_AFTER = timedelta(minutes=5)

_NOT_LATE = {"escalated_at": None, "escalation_step": EscalationStep.NOBODY}
_AT_WORK = frozenset({TicketState.PENDING, TicketState.OPEN})


@dataclass(frozen=True)
class DeskSweep:
    """Looks at everything once; any number may run at once, because each ticket is locked and looked at again."""

    database: Database
    clock: Clock

    async def sweep(self) -> dict[str, int]:
        """Return how much of each was done."""
        try:
            done = {
                "unassigned": await self._each(await self._abandoned(), self._unassign),
                "assigned": await self._each(await self._unassigned(), self._assign),
                "woken": await self._each(await self._slept(), self._wake),
                "waiting_again": await self._run_clocks(),
                "escalated": await self._each(await self._overdue(), tell_colleagues),
                "administrators_told": await self._each(await self._still_waiting(), tell_administrators),
                "left_alone": await self._each(await self._alone(), self._shorten),
                "bot_back": await self._each(await self._silences_over(), self._come_back),
            }
        except LOST_CONNECTION as error:
            log.warning("desk_waits_for_database", error=str(error))
            return {}
        if any(done.values()):
            log.info("desk_swept", **done)
        return done

    async def _abandoned(self) -> list[int]:
        async with self.database.single() as connection:
            return await abandoned_tickets(connection, present_since=self.clock.now() - PRESENT_FOR)

    async def _unassigned(self) -> list[int]:
        async with self.database.single() as connection:
            return await unassigned_tickets(connection, present_since=self.clock.now() - PRESENT_FOR)

    async def _slept(self) -> list[int]:
        async with self.database.single() as connection:
            return await slept_tickets(connection, now=self.clock.now())

    async def _overdue(self) -> list[int]:
        async with self.database.single() as connection:
            return await overdue_tickets(connection, now=self.clock.now())

    async def _still_waiting(self) -> list[int]:
        async with self.database.single() as connection:
            now = self.clock.now()
            waiting = await tickets_still_waiting(connection, now=now)
            if not waiting:
                return []
            rules = DeskRules.of(await desk_rules(connection))
        due = ((number, rules.answer_due_at(told_at)) for number, told_at in waiting)
        return [number for number, again in due if again is not None and again <= now]

    async def _alone(self) -> list[int]:
        async with self.database.single() as connection:
            return await chats_left_alone(connection, back=self.clock.now() + BACK_AFTER)

    async def _silences_over(self) -> list[int]:
        async with self.database.single() as connection:
            return await chats_to_come_back_to(connection, now=self.clock.now())

    async def _each(self, numbers: list[int], act: Callable[[AsyncConnection, int, datetime], Awaitable[bool]]) -> int:
        done = 0
        for number in numbers:
            async with self.database.transaction() as connection:
                done += await act(connection, number, self.clock.now())
        return done

    async def _unassign(self, connection: AsyncConnection, number: int, now: datetime) -> bool:
        ticket = await get_ticket_with_chat(connection, number)
        if ticket is None or ticket.assignee_id is None or ticket.state not in _AT_WORK:
            return False
        officer = await staff_member(connection, staff_id=ticket.assignee_id)
        if officer is not None and not officer.disabled and _is_there(officer.present_at, now):
            return False
        await change_ticket(connection, number, assignee_id=None, assigned_at=None)
        details = {"assignee": ticket.assignee_id, "why": "away"}
        await add_ticket_event(connection, number, TicketEventKind.UNASSIGNED, now=now, details=details)
        await assign_to_somebody_present(connection, number, now=now)
        return True

    async def _assign(self, connection: AsyncConnection, number: int, now: datetime) -> bool:
        return await assign_to_somebody_present(connection, number, now=now) is not None

    async def _wake(self, connection: AsyncConnection, number: int, now: datetime) -> bool:
        ticket = await get_ticket_with_chat(connection, number)
        if ticket is None or ticket.state is not TicketState.SNOOZED:
            return False
        if ticket.snoozed_until is not None and ticket.snoozed_until > now:
            return False
        state = TicketState.PENDING if ticket.answered_at is None else TicketState.OPEN
        await change_ticket(connection, number, state=state.value, snoozed_until=None)
        await add_ticket_event(connection, number, TicketEventKind.WOKEN, now=now)
        return True

    async def _run_clocks(self) -> int:
        async with self.database.transaction() as connection:
            waiting = await tickets_waiting_again(connection)
            if not waiting:
                return 0
            rules = DeskRules.of(await desk_rules(connection))
            for number, heard_at in waiting:
                due = rules.answer_due_at(heard_at)
                if due is not None:
                    await change_ticket(connection, number, answer_due_at=due, **_NOT_LATE)
        return len(waiting)

    async def _shorten(self, connection: AsyncConnection, number: int, now: datetime) -> bool:
        await shorten_silence(connection, conversation_id=number, until=now + BACK_AFTER)
        return True

    async def _come_back(self, connection: AsyncConnection, number: int, now: datetime) -> bool:
        return await bot_comes_back(connection, number, now=now)


def _is_there(present_at: datetime | None, now: datetime) -> bool:
    return present_at is not None and present_at >= now - PRESENT_FOR
