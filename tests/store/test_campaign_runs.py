"""Campaign runs: each recipient is frozen once, one row steers the run, and the ledger is the progress."""

import pytest
from sqlalchemy import text

from store.clock import SetClock
from store.database import Database
from store.queries.campaign_runs import (
    NewRun,
    Recipient,
    change_run,
    create_run,
    freeze_recipients,
    override_rules,
    run_progress,
)
from store.run_states import RUN_LABELS, Purpose, RunState
from tests.store.test_deliveries import claim, queue, texts
from tests.store.test_inbox import say


async def made_run(database: Database, clock: SetClock, *people: str, organisation: str = "mttq") -> int:
    """A run that waits, with a recipient for each of `people` on the channel `zalo`."""
    recipients = []
    for person in people:
        stored = await say(database, clock, "chào", person=person)
        recipients.append(
            Recipient(
                f"conversation:{stored.conversation_id}",
                stored.conversation_id,
                "zalo",
                person,
                message={"text": "tin"},
            )
        )
    async with database.transaction() as connection:
        new = NewRun(organisation, "Tháng cao điểm", Purpose.POLICY_NEWS)
        run_id = await create_run(connection, new, now=clock.now())
        await freeze_recipients(connection, run_id, recipients, now=clock.now())
    return run_id


async def change(database: Database, clock: SetClock, run_id: int, state: RunState, by: int | None = 1) -> bool:
    async with database.transaction() as connection:
        return await change_run(connection, run_id, state, now=clock.now(), by=by)


def test_every_state_of_a_run_has_words_for_staff_in_both_languages() -> None:
    assert set(RUN_LABELS) == set(RunState)
    assert all(set(words) == {"vi", "en"} for words in RUN_LABELS.values())


async def test_somebody_who_is_frozen_twice_is_one_recipient(database: Database, clock: SetClock) -> None:
    run_id = await made_run(database, clock, "an", "binh")
    async with database.transaction() as connection:
        row = (await connection.execute(text("select * from delivery order by id limit 1"))).one()
        again = Recipient(row.recipient, row.conversation_id, "zalo", row.address, message={"text": "tin khác"})
        assert await freeze_recipients(connection, run_id, [again], now=clock.now()) == 0
        progress = await run_progress(connection, run_id)
    assert (progress.total, progress.open) == (2, 2)


async def test_somebody_who_is_left_out_is_counted_with_the_reason(database: Database, clock: SetClock) -> None:
    run_id = await made_run(database, clock, "an")
    stored = await say(database, clock, "chào", person="binh")
    left_out = Recipient("person:7", stored.conversation_id, "zalo", "binh", message={}, skip_reason="opted_out")
    async with database.transaction() as connection:
        await freeze_recipients(connection, run_id, [left_out], now=clock.now())
        progress = await run_progress(connection, run_id)
    assert progress.by_state == {"queued": 1, "skipped": 1}
    assert progress.by_reason == {("skipped", "opted_out"): 1}


async def test_a_recipient_of_a_campaign_that_waits_holds_up_no_answer(database: Database, clock: SetClock) -> None:
    await made_run(database, clock, "an")
    await queue(database, clock, "an", "trả lời", channel="zalo")
    assert texts(await claim(database, clock)) == ["trả lời"]


async def test_a_run_is_steered_along_its_states_only(database: Database, clock: SetClock) -> None:
    run_id = await made_run(database, clock, "an")
    assert await change(database, clock, run_id, RunState.RUNNING)
    assert await change(database, clock, run_id, RunState.PAUSED)
    assert await change(database, clock, run_id, RunState.RUNNING)
    assert await change(database, clock, run_id, RunState.CANCELLED)
    for state in (RunState.RUNNING, RunState.PAUSED, RunState.FINISHED, RunState.CANCELLED):
        assert not await change(database, clock, run_id, state)


async def test_an_emergency_needs_two_signatures_and_a_reason(database: Database, clock: SetClock) -> None:
    run_id = await made_run(database, clock, "an")
    async with database.transaction() as connection:
        with pytest.raises(ValueError, match="two different people"):
            await override_rules(connection, run_id, reason="Bão", first=1, second=1)
        with pytest.raises(ValueError, match="needs a reason"):
            await override_rules(connection, run_id, reason=" ", first=1, second=2)
        assert await override_rules(connection, run_id, reason="Bão số 12 vào đêm nay", first=1, second=2)
        row = (await connection.execute(text("select override_reason, override_by from campaign_run"))).one()
    assert tuple(row) == ("Bão số 12 vào đêm nay", [1, 2])
