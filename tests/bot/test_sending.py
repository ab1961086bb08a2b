"""The sending engine: who gets what, when, and what becomes of refusals."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.channels.base import Sent
from bot.channels.capabilities import Capabilities
from store.clock import SetClock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.delivery_states import Priority
from store.queries.deliveries import count_by_state
from store.queries.people import conversations_of, person_of
from store.queries.sending_limits import AccountLimit, account_statuses
from store.run_states import RunState
from tests.sending import (
    ToldChannel,
    progress,
    refusal,
    reply_to,
    resident,
    residents,
    run_row,
    run_to,
    send_everything,
    sender_of,
    steer,
)

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


async def states(database: Database) -> dict[str, int]:
    async with database.single() as connection:
        return await count_by_state(connection)


async def test_every_recipient_of_a_run_gets_it_once_and_the_run_ends(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    run_id = await run_to(database, clock, await residents(database, clock, 120))
    await send_everything(sender_of(database, clock, zalo), clock)
    assert len(zalo.reached) == len(set(zalo.reached)) == 120
    assert (await progress(database, run_id)).by_state == {"sent": 120}
    assert (await run_row(database, run_id)).state == RunState.FINISHED


async def test_answers_leave_before_a_campaign_that_was_there_first(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    people = await residents(database, clock, 3)
    await run_to(database, clock, people, words="tin chiến dịch")
    await reply_to(database, clock, *people[2], "nhắc hẹn", priority=Priority.REMINDER)
    await reply_to(database, clock, *people[2], "trả lời")
    await sender_of(database, clock, zalo).send_one_batch()
    assert [words for _, words in zalo.taken][:2] == ["trả lời", "nhắc hẹn"]
    assert len(zalo.taken) == 5


async def test_silence_is_not_consent_and_no_means_no(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    asked = [("yes", await resident(database, clock, "yes"))]
    asked.append(("never-asked", await resident(database, clock, "never-asked", consent=None)))
    asked.append(("no", await resident(database, clock, "no", consent=False)))
    asked.append(("no-topic", await resident(database, clock, "no-topic", consent=False, topic="credit_loan")))
    run_id = await run_to(database, clock, asked, topic="credit_loan")
    await send_everything(sender_of(database, clock, zalo), clock)
    assert zalo.reached == ["yes"]
    assert (await progress(database, run_id)).by_reason == {("skipped", "no_consent"): 1, ("skipped", "opted_out"): 2}


async def test_one_person_gets_one_message_a_day_and_three_a_week_of_all_organisations_together(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo)
    people = await residents(database, clock, 1)
    for number, organisation in enumerate(("mttq", "phu_nu", "nong_dan", "thanh_nien", "cuu_chien_binh")):
        await run_to(database, clock, people, words=f"tin {number}", organisation=organisation)
    reached_on = []
    for day in range(9):
        clock.at = MORNING + timedelta(days=day)
        before = len(zalo.taken)
        await send_everything(sender, clock)
        reached_on.append(len(zalo.taken) - before)
    assert reached_on == [1, 1, 1, 0, 0, 0, 0, 1, 1]
    assert len({words for _, words in zalo.taken}) == 5


async def test_two_senders_at_once_keep_the_cap_of_a_person_together(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    people = await residents(database, clock, 20)
    for organisation in ("mttq", "phu_nu"):
        await run_to(database, clock, people, organisation=organisation)
    senders = [sender_of(database, clock, zalo) for _ in range(4)]
    for _ in range(3):
        await asyncio.gather(*(one.send_one_batch() for one in senders))
    assert sorted(zalo.reached) == sorted(address for address, _ in people)


async def test_a_person_who_was_not_reached_after_all_can_get_another_message_that_day(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(answers={"nguoi-0": refusal(ErrorClass.PAYLOAD)})
    sender = sender_of(database, clock, zalo)
    people = await residents(database, clock, 1)
    await run_to(database, clock, people)
    await send_everything(sender, clock)
    zalo.answers.clear()
    await run_to(database, clock, people, organisation="phu_nu")
    await send_everything(sender, clock)
    assert zalo.reached == ["nguoi-0"]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ErrorClass.PAYLOAD, "failed"),
        (ErrorClass.UNKNOWN, "unknown"),
        (ErrorClass.RATE, "queued"),
        (ErrorClass.RETRYABLE, "queued"),
        (ErrorClass.QUOTA, "queued"),
        (ErrorClass.AUTH, "queued"),
        (ErrorClass.BILLING, "queued"),
        (ErrorClass.WINDOW_CLOSED, "failed"),
        (ErrorClass.RECIPIENT, "failed"),
        (ErrorClass.PERMANENT_RECIPIENT, "failed"),
    ],
)
async def test_each_class_of_refusal_has_its_end(
    database: Database, clock: SetClock, error: ErrorClass, state: str
) -> None:
    zalo = ToldChannel(answers={"*": refusal(error)})
    await reply_to(database, clock, "an", await resident(database, clock, "an"), "trả lời")
    await sender_of(database, clock, zalo).send_one_batch()
    assert await states(database) == {state: 1}


async def test_a_passing_fault_is_tried_again_later_and_later_and_not_for_ever(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(answers={"*": refusal(ErrorClass.RETRYABLE)})
    sender = sender_of(database, clock, zalo)
    await reply_to(database, clock, "an", await resident(database, clock, "an"), "trả lời")
    waits = []
    while "queued" in await states(database):
        await sender.send_one_batch()
        async with database.single() as connection:
            row = (await connection.execute(text("select * from delivery"))).one()
        if row.state == "queued":
            waits.append((row.not_before - clock.now()).total_seconds())
            clock.at = row.not_before
    assert len(waits) == 5
    assert all(0.5 * 2**n * 2 <= wait <= 2**n * 2 for n, wait in enumerate(waits))
    assert await states(database) == {"failed": 1}


async def test_an_unknown_message_is_never_sent_again(database: Database, clock: SetClock) -> None:
    asked = []

    def no_answer(_message: object, address: str) -> object:
        asked.append(address)
        return refusal(ErrorClass.UNKNOWN)

    zalo = ToldChannel(answers={"*": no_answer})  # type: ignore[dict-item]
    sender = sender_of(database, clock, zalo)
    people = await residents(database, clock, 1)
    await run_to(database, clock, people)
    await reply_to(database, clock, *people[0], "trả lời")
    for _ in range(5):
        await send_everything(sender, clock)
        clock.advance(days=1)
    assert asked == ["nguoi-0", "nguoi-0"]
    assert await states(database) == {"unknown": 2}


async def test_slow_down_stops_bulk_for_as_long_as_it_says_while_answers_go_on(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(capabilities=Capabilities(per_second=20))
    zalo.answers["nguoi-0"] = refusal(ErrorClass.RATE, retry_after=timedelta(seconds=40))
    sender = sender_of(database, clock, zalo)
    people = await residents(database, clock, 60)
    await run_to(database, clock, people)
    await sender.send_one_batch()
    taken = len(zalo.taken)
    clock.advance(seconds=30)
    await reply_to(database, clock, *people[40], "trả lời")
    await sender.send_one_batch()
    assert [words for _, words in zalo.taken[taken:]] == ["trả lời"]
    clock.advance(seconds=11)
    zalo.answers.clear()
    await sender.send_one_batch()
    assert len(zalo.taken) > taken + 1


async def test_d43_a_shorter_pause_does_not_lift_a_longer_one(database: Database, clock: SetClock) -> None:
    """Another send that was under way, and was told less, must not open what the first one closed."""
    zalo = ToldChannel(capabilities=Capabilities(per_second=20))
    zalo.answers["nguoi-0"] = refusal(ErrorClass.RATE, retry_after=timedelta(seconds=40))
    zalo.answers["nguoi-1"] = refusal(ErrorClass.RATE, retry_after=timedelta(seconds=5))
    sender = sender_of(database, clock, zalo)
    await run_to(database, clock, await residents(database, clock, 60))
    await sender.send_one_batch()
    taken = len(zalo.taken)
    clock.advance(seconds=30)
    await sender.send_one_batch()
    assert len(zalo.taken) == taken
    clock.advance(seconds=11)
    zalo.answers.clear()
    await sender.send_one_batch()
    assert len(zalo.taken) > taken


async def test_an_account_without_permission_waits_and_comes_back_by_itself(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(capabilities=Capabilities(per_second=20), answers={"*": refusal(ErrorClass.AUTH)})
    sender = sender_of(database, clock, zalo)
    people = await residents(database, clock, 30)
    run_id = await run_to(database, clock, people)
    await sender.send_one_batch()
    async with database.single() as connection:
        (status,) = await account_statuses(connection)
    assert status.paused_reason == "test_auth"
    zalo.answers.clear()
    await reply_to(database, clock, *people[0], "trả lời")
    await sender.send_one_batch()
    assert zalo.taken == []
    clock.advance(seconds=61)
    await sender.send_one_batch()
    assert zalo.taken[0] == ("nguoi-0", "trả lời")
    for _ in range(5):
        clock.advance(seconds=60)
        await send_everything(sender, clock)
    assert (await progress(database, run_id)).by_state == {"sent": 30}


async def test_a_person_who_blocked_us_is_tried_on_another_channel_of_theirs(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(answers={"an": refusal(ErrorClass.PERMANENT_RECIPIENT)})
    telegram = ToldChannel(name="telegram")
    conversation = await resident(database, clock, "an")
    other = await resident(database, clock, "an-telegram", channel="telegram", consent=None)
    async with database.transaction() as connection:
        person = await person_of(connection, conversation_id=conversation)
        await connection.execute(
            text("update conversation set person_id = :person where id = :id"), {"person": person, "id": other}
        )
    run_id = await run_to(database, clock, [("an", conversation)])
    await send_everything(sender_of(database, clock, zalo, telegram), clock)
    assert telegram.reached == ["an-telegram"] and zalo.reached == []
    assert (await progress(database, run_id)).by_state == {"sent": 1}
    async with database.single() as connection:
        known = await conversations_of(connection, person_id=person)
    assert [(one.channel, one.reachable) for one in known] == [("zalo", False), ("telegram", True)]


async def test_organisations_share_a_channel_whoever_has_more_to_send(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    many = await residents(database, clock, 200, "nhieu")
    few = await residents(database, clock, 25, "it")
    await run_to(database, clock, many, organisation="mttq")
    await run_to(database, clock, few, organisation="phu_nu")
    await sender_of(database, clock, zalo).send_one_batch()
    assert sum(address.startswith("it") for address in zalo.reached) == 25
    assert len(zalo.reached) == 50


async def test_the_first_fifty_go_ahead_and_a_bad_canary_stops_the_run(database: Database, clock: SetClock) -> None:
    tried: list[str] = []

    def refuse_some(_message: object, address: str) -> object:
        tried.append(address)
        return refusal(ErrorClass.PAYLOAD) if len(tried) % 10 == 0 else Sent()

    zalo = ToldChannel(answers={"*": refuse_some})  # type: ignore[dict-item]
    sender = sender_of(database, clock, zalo)
    run_id = await run_to(database, clock, await residents(database, clock, 80), canary_size=50)
    await send_everything(sender, clock)
    row = await run_row(database, run_id)
    assert (row.state, len(tried)) == (RunState.STOPPED, 50)
    assert row.state_reason == "error_budget: test_payload" or row.state_reason.startswith("canary")


async def test_a_person_lets_a_run_go_on_that_its_canary_stopped(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel(answers={f"nguoi-{n}": refusal(ErrorClass.PAYLOAD) for n in range(5)})
    sender = sender_of(database, clock, zalo)
    run_id = await run_to(database, clock, await residents(database, clock, 80), canary_size=50)
    await send_everything(sender, clock)
    assert (await run_row(database, run_id)).state == RunState.STOPPED
    assert await steer(database, clock, run_id, RunState.RUNNING)
    await send_everything(sender, clock)
    assert (await run_row(database, run_id)).state == RunState.FINISHED
    assert len(zalo.taken) == 75


async def test_a_good_canary_lets_the_rest_leave(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo)
    run_id = await run_to(database, clock, await residents(database, clock, 80), canary_size=50)
    await sender.send_one_batch()
    await sender.send_one_batch()
    assert len(zalo.taken) == 50
    await sender.sweep()
    await sender.send_one_batch()
    assert len(zalo.taken) == 80
    await sender.sweep()
    assert (await run_row(database, run_id)).state == RunState.FINISHED


async def test_a_paused_run_sends_nothing_and_goes_on_where_it_was(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    sender = sender_of(database, clock, zalo)
    run_id = await run_to(database, clock, await residents(database, clock, 70))
    await sender.send_one_batch()
    taken = len(zalo.taken)
    assert await steer(database, clock, run_id, RunState.PAUSED)
    await send_everything(sender, clock)
    assert len(zalo.taken) == taken
    assert await steer(database, clock, run_id, RunState.RUNNING)
    await send_everything(sender, clock)
    assert len(zalo.reached) == len(set(zalo.reached)) == 70


async def test_bulk_leaves_a_reserve_of_the_limit_and_of_the_quota_to_answers(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel()
    limit = AccountLimit(per_window=10, reserve=2, daily_quota=20, quota_reserve=0.25)
    sender = sender_of(database, clock, zalo, limits={"zalo": limit})
    people = await residents(database, clock, 40)
    await run_to(database, clock, people)
    for _ in range(30):
        await sender.send_one_batch()
        clock.advance(seconds=0.1)
    assert len(zalo.taken) <= 3 * 8
    await send_everything(sender, clock)
    assert len(zalo.taken) == 15
    for address, conversation in people[:7]:
        await reply_to(database, clock, address, conversation, "trả lời")
    await send_everything(sender, clock)
    assert [words for _, words in zalo.taken[15:]] == ["trả lời"] * 5


async def test_the_day_of_the_cap_begins_at_midnight_in_vietnam(database: Database, clock: SetClock) -> None:
    zalo = ToldChannel()
    people = await residents(database, clock, 1)
    at_any_hour = {"open_from": "00:00:00", "open_until": "23:59:59"}
    # 23:30 and 00:30 in Vietnam: one day by UTC.
    for hour in (16, 17):
        clock.at = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)
        await run_to(database, clock, people, rules=at_any_hour)
        await send_everything(sender_of(database, clock, zalo), clock)
    assert len(zalo.reached) == 2
