"""What has to be done regularly so that nothing personal is kept too long and nothing stays stuck."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.courses.importing import give_free_seats
from bot.giving.thanks import thank_donors
from store.clock import Clock, local_date
from store.database import Database
from store.queries.channel_events import purge_channel_events
from store.queries.contact_lists import forget_erased_people
from store.queries.course_privacy import purge_course_interests
from store.queries.inbox import recount_waiting
from store.queries.kept_answers import drop_idle_checks, purge_kept_answers
from store.queries.open_questions import purge_open_questions
from store.queries.privacy import purge_conversations
from store.queries.receipts import purge_receipts
from store.queries.staff_sessions import purge_sessions
from store.queries.staff_sign_in import purge_failures
from store.queries.ticket_history import purge_ticket_words
from store.queries.webhooks import purge_calls

log = structlog.get_logger(__name__)

#: Conversations that were silent longer than this are not looked at again for a wrong counter.
RECOUNT_WITHIN = timedelta(days=2)
#: As long as a session of Rasa lasts without a message (`session_expiration_time` in nlu/domain.yml).
CHECK_IS_IDLE_AFTER = timedelta(minutes=60)
#: A slip with a trial result is for the next way to the commune, not for the records.
SLIPS_ARE_OF_USE = timedelta(days=90)
#: Households are reviewed every year: answers that were kept longer are asked again.
KEEP_ANSWERS = timedelta(days=365)
#: What was told to organisations' own systems, for as long as somebody may ask why nothing arrived.
WEBHOOK_CALLS_KEPT = timedelta(days=30)
#: Events of messengers: read ones hold no words any more; those that nobody understood are for whoever looks.
CHANNEL_EVENTS_KEPT = timedelta(days=30)

#: Sessions of staff and failed attempts to sign in, for as long as somebody may ask who was there.
SIGN_INS_KEPT = timedelta(days=30)

#: How long somebody who asked to hear of a trade's courses is told: courses come round about once a year.
TRADE_INTERESTS_KEPT = timedelta(days=400)


@dataclass(frozen=True)
class Housekeeping:
    """The regular jobs; each may run at any time, any number of times."""

    database: Database
    clock: Clock
    keep_words: timedelta
    keep_trackers: timedelta
    keep_receipts: timedelta = timedelta(days=1095)
    keep_open_questions: timedelta = timedelta(days=180)
    keep_course_interests: timedelta = timedelta(days=30)

    async def purge(self) -> dict[str, int]:
        """Erase words, trackers and receipts that are older than they may be kept."""
        now = self.clock.now()
        async with self.database.transaction() as connection:
            purged = await purge_conversations(
                connection, said_before=now - self.keep_words, trackers_before=now - self.keep_trackers
            )
            purged["ticket_words"] = await purge_ticket_words(connection, before=now - self.keep_words)
            purged["receipts"] = await purge_receipts(
                connection, before=now - self.keep_receipts, slips_before=now - SLIPS_ARE_OF_USE
            )
            purged["open_questions"] = await purge_open_questions(
                connection, before=local_date(now - self.keep_open_questions)
            )
            before = now - self.keep_course_interests
            purged["course_interests"] = await purge_course_interests(
                connection, day=local_date(before), before=before, trades_before=now - TRADE_INTERESTS_KEPT
            )
            purged["list_members"] = await forget_erased_people(connection)
            purged["webhook_calls"] = await purge_calls(connection, before=now - WEBHOOK_CALLS_KEPT)
            purged["channel_events"] = await purge_channel_events(connection, before=now - CHANNEL_EVENTS_KEPT)
            purged["sign_in_attempts"] = await purge_failures(connection, before=now - SIGN_INS_KEPT)
            purged["staff_sessions"] = await purge_sessions(connection, before=now - SIGN_INS_KEPT)
            purged["kept_answers"] = await purge_kept_answers(connection, before=now - KEEP_ANSWERS)
        log.info("purged", **purged)
        return purged

    async def drop_idle_checks(self) -> int:
        """Delete the answers of guided checks whose conversations have paused."""
        async with self.database.transaction() as connection:
            dropped = await drop_idle_checks(connection, before=self.clock.now() - CHECK_IS_IDLE_AFTER)
        if dropped:
            log.info("idle_checks_dropped", number=dropped)
        return dropped

    async def give_free_seats(self) -> int:
        """Give seats of courses that became free by themselves to whoever waits."""
        given = await give_free_seats(self.database, self.clock)
        if given:
            log.info("free_seats_given", number=given)
        return given

    async def thank_donors(self) -> int:
        """Thank donors whose gifts came since the last time."""
        told = await thank_donors(self.database, self.clock)
        if told:
            log.info("donors_thanked", number=told)
        return told

    async def mend_counters(self) -> list[int]:
        """Mend conversations whose count of waiting messages is wrong; return their ids."""
        async with self.database.transaction() as connection:
            mended = await recount_waiting(connection, since=self.clock.now() - RECOUNT_WITHIN)
        if mended:
            log.warning("waiting_counters_mended", number=len(mended))
        return list(mended)
