"""The role `scheduler`: planned work."""

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.helpdesk.sweep import DeskSweep
from scheduler.clockwork import Clockwork
from scheduler.housekeeping import Housekeeping
from scheduler.jobs import CALENDAR_CHANGED
from scheduler.webhooks import WebhookCaller

if TYPE_CHECKING:
    from server.runtime import Runtime


async def start(runtime: "Runtime") -> None:
    """Start the clock, which works in one process at a time."""
    housekeeping = Housekeeping(
        runtime.database,
        runtime.clock,
        keep_words=timedelta(days=runtime.settings.keep_words_days),
        keep_trackers=timedelta(days=runtime.settings.keep_trackers_days),
        keep_course_interests=timedelta(days=runtime.settings.keep_course_interests_days),
        keep_open_questions=timedelta(days=runtime.settings.keep_open_questions_days),
        keep_receipts=timedelta(days=runtime.settings.keep_receipts_days),
    )
    clockwork = Clockwork(
        runtime.database,
        runtime.database_url,
        housekeeping,
        runtime.desk(),
        WebhookCaller(runtime.database, runtime.clock, allow_private=runtime.settings.webhooks_to_private_addresses),
        DeskSweep(runtime.database, runtime.clock),
    )
    runtime.listener.on(CALENDAR_CHANGED, clockwork.wake)
    runtime.keep_running("scheduler", clockwork.run)
