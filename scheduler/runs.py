"""From an approved campaign to a run of the ledger: its texts, its recipients, its rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.rules import SendingRules
from content.campaigns import CampaignContent
from scheduler.occurrences import local_moment
from scheduler.rendering import Rendering
from store.queries.approvals import drop_frozen, frozen_recipients
from store.queries.campaign_runs import NewRun, Recipient, create_run, freeze_recipients, put_run_message
from store.queries.campaigns import StoredCampaign
from store.run_states import Purpose


def rules_of(content: CampaignContent) -> SendingRules:
    """Return when messages of a campaign may leave."""
    return SendingRules(may_cost=content.may_cost, on_holidays=content.on_holidays)


async def make_run(
    connection: AsyncConnection,
    campaign: StoredCampaign,
    content: CampaignContent,
    rendering: Rendering,
    *,
    due_at: datetime,
    now: datetime,
) -> int:
    """Make a run that waits, with its frozen texts and no recipients yet; return its id."""
    last = None if content.use_until is None else local_moment(content.use_until, time(23, 59, 59))
    run = NewRun(
        organisation=campaign.organisation,
        title=campaign.title,
        purpose=Purpose(content.purpose),
        topic=content.topic.value,
        rules=rules_of(content).model_dump(mode="json"),
        send_from=due_at,
        send_before=last,
        per_hour=content.per_hour,
    )
    run_id = await create_run(connection, run, now=now)
    await put_texts(connection, run_id, rendering)
    return run_id


async def put_texts(connection: AsyncConnection, run_id: int, rendering: Rendering) -> None:
    """Freeze every message of a rendering into a run."""
    for (variant, channel), message in rendering.messages.items():
        await put_run_message(connection, run_id, variant=variant, channel=channel, message=message)


async def freeze_approved(connection: AsyncConnection, run_id: int, approval_id: int, *, now: datetime) -> int:
    """Put the recipients that were frozen with a request into the ledger; return how many there are."""
    number, after = 0, ""
    while rows := await frozen_recipients(connection, approval_id, after=after):
        number += await freeze_rows(connection, run_id, rows, now=now)
        after = str(rows[-1]["recipient"])
    await drop_frozen(connection, approval_id)
    return number


async def freeze_rows(
    connection: AsyncConnection, run_id: int, rows: Sequence[Mapping[str, Any]], *, now: datetime
) -> int:
    """Put recipients, in the shape of `scheduler.audience.Member.as_row`, into the ledger."""
    return await freeze_recipients(connection, run_id, [Recipient(**row) for row in rows], now=now)
