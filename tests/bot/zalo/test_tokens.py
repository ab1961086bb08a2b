"""The token store keeps every rule of A4.3: one use of a refresh token, never a loop, never used unsaved."""

import asyncio
import multiprocessing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.channels.zalo.tokens import NoToken, TokenKeeper
from bot.channels.zalo_http import Answer, HttpCalls
from store.clock import SetClock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.zalo_tokens import token_changes
from store.sealing import Sealer
from tests.bot.zalo.world import SEALER, World, account_at
from tests.conftest import Logged
from tests.standins.zalo import OA_ID


def another_keeper(world: World, **changes: Any) -> TokenKeeper:
    """What another process has."""
    account = replace(world.account, **changes)
    return TokenKeeper(account, world.database, world.clock, SEALER, HttpCalls(2.0))


async def until_refused(world: World, keeper: TokenKeeper | None = None) -> str:
    """Ask for a token; return why there is none."""
    with pytest.raises(NoToken) as refused:
        await (keeper or world.tokens).keep_fresh()
        await (keeper or world.tokens).access_token()
    return refused.value.reason


async def test_rule_1_and_d01_twenty_refusals_at_once_bring_one_refresh(world: World) -> None:
    world.advance(hours=1)
    world.zalo.tokens.access = "AT-other"
    calls = await asyncio.gather(*(world.client.account_information() for _ in range(20)))
    assert all(isinstance(one, Answer) for one in calls)
    assert world.zalo.tokens.uses == ["RT-demo-0001"]


def _refresh_in_a_process(url: str, address: str, at: Any, ready: Any, results: Any) -> None:
    async def run() -> None:
        database = Database(url)
        calls = HttpCalls(5.0)
        keeper = TokenKeeper(account_at(address), database, SetClock(at), SEALER, calls)
        first = await keeper.access_token()
        await asyncio.to_thread(ready.wait)
        try:
            results.put(await keeper.after_refusal(first))
        except NoToken as missing:
            results.put(missing.reason)
        await calls.close()
        await database.close()

    asyncio.run(run())


async def test_rule_1_processes_that_race_for_a_refresh_use_the_token_once(world: World) -> None:
    world.advance(hours=1)
    world.zalo.fail("slow", "/access_token", seconds=0.5)
    spawn = multiprocessing.get_context("spawn")
    ready, results = spawn.Barrier(2), spawn.Queue()
    arguments = (world.database.url, world.account.oauth, world.clock.now(), ready, results)
    racing = [spawn.Process(target=_refresh_in_a_process, args=arguments) for _ in range(2)]
    for process in racing:
        process.start()
    got = [await asyncio.to_thread(results.get, True, 60) for _ in racing]
    for process in racing:
        await asyncio.to_thread(process.join, 20)
    assert got == ["AT-demo-0002", "AT-demo-0002"]
    assert world.zalo.tokens.uses == ["RT-demo-0001"]


async def test_rule_2_a_new_pair_is_in_the_database_before_it_is_used(world: World) -> None:
    world.advance(hours=24)
    await world.tokens.keep_fresh()
    assert await another_keeper(world).access_token() == world.zalo.tokens.access == "AT-demo-0002"
    async with world.database.single() as connection:
        kept = (
            await connection.execute(
                text("select what, previous_refresh_token, previous_refreshed_at from zalo_token_change order by id")
            )
        ).all()
    assert [row.what for row in kept] == ["given", "refreshed"]
    assert SEALER.unseal(kept[1].previous_refresh_token) == "RT-demo-0001"
    assert kept[1].previous_refreshed_at == world.clock.now() - timedelta(hours=24)


async def test_rule_3_a_token_is_refreshed_when_under_two_hours_remain(world: World) -> None:
    world.advance(hours=22, minutes=59)
    await world.tokens.keep_fresh()
    assert world.zalo.tokens.uses == []
    world.advance(minutes=2)
    await world.tokens.keep_fresh()
    assert world.zalo.tokens.uses == ["RT-demo-0001"]


@pytest.mark.parametrize("code", [-216, -220])
async def test_rule_3_a_refused_call_is_made_once_more_with_a_new_token(world: World, code: int) -> None:
    world.advance(hours=1)
    world.zalo.fail("answer", "/getoa", body={"error": code, "message": "…"}, times=1)
    assert isinstance(await world.client.account_information(), Answer)
    world.zalo.fail("answer", "/getoa", body={"error": code, "message": "…"})
    again = await world.client.account_information()
    # A token that was just renewed and is refused again is not renewed again: that would be a loop.
    assert getattr(again, "error", None) is ErrorClass.AUTH
    assert world.zalo.tokens.uses == ["RT-demo-0001"]


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "answer", "body": {"error": -32, "message": "reached limit"}},
        {"action": "answer", "status": 500, "body": {}},
        {"action": "drop_before"},
    ],
)
async def test_rule_4_a_busy_answer_is_tried_again_with_the_same_token_after_a_pause(
    world: World, rule: dict[str, Any]
) -> None:
    world.advance(hours=24)
    world.zalo.fail(call="/access_token", times=1, **rule)
    for _ in range(10):
        with pytest.raises(NoToken, match="refresh_waits"):
            await world.tokens.after_refusal("AT-demo-0001")
    assert world.zalo.faults.rules[0].seen == 1
    world.advance(minutes=5, seconds=1)
    assert await world.tokens.after_refusal("AT-demo-0001") == "AT-demo-0002"
    assert world.zalo.tokens.uses == ["RT-demo-0001"]


async def test_rule_4_a_revoked_grant_ends_in_needs_consent_and_nothing_is_asked_again(world: World) -> None:
    user, conversation = await world.met()
    world.advance(hours=24)
    world.zalo.tokens.revoked = True
    await world.answers(user, conversation, "Chào bác.")
    assert world.zalo.tokens.uses == ["refused RT-demo-0001"]
    for _ in range(5):
        world.advance(hours=1)
        assert await until_refused(world) == "needs_consent"
        assert await until_refused(world, another_keeper(world)) == "needs_consent"
    assert world.zalo.tokens.uses == ["refused RT-demo-0001"]
    assert (await world.tokens.state()).needs_consent == "-14014 Invalid refresh token"
    # What waits has not failed, and leaves as soon as a person gave a new pair.
    assert [state for state, _ in await world.states()][-1] == "queued"
    world.zalo.tokens.revoked = False
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    world.advance(minutes=3)
    await world.answers(user, conversation)
    assert [one["text"] for one in world.sent] == ["Chào bác."]


async def test_rule_5_and_d02_a_refresh_that_timed_out_after_rotation_is_tried_once_and_then_a_person_is_called(
    world: World,
) -> None:
    world.advance(hours=24)
    world.zalo.fail("drop_after", "/access_token", times=1)
    with pytest.raises(NoToken, match="refresh_waits"):
        await world.tokens.after_refusal("AT-demo-0001")
    assert world.zalo.tokens.uses == ["RT-demo-0001"]
    world.advance(minutes=6)
    with pytest.raises(NoToken, match="needs_consent"):
        await world.tokens.after_refusal("AT-demo-0001")
    world.advance(days=1)
    with pytest.raises(NoToken, match="needs_consent"):
        await world.tokens.access_token()
    # Used with success once; handed in once more; never again.
    assert world.zalo.tokens.uses == ["RT-demo-0001", "refused RT-demo-0001"]
    async with world.database.single() as connection:
        changes = await token_changes(connection, OA_ID)
    assert [one.what for one in changes] == ["refused", "no_answer", "given"]


async def test_a_process_that_died_while_it_asked_leaves_a_token_that_waits_and_is_asked_once_more(
    world: World,
) -> None:
    world.advance(hours=24)
    async with world.database.single() as connection:
        await connection.execute(text("update zalo_token set asked_at = :now"), {"now": world.clock.now()})
    with pytest.raises(NoToken, match="refresh_waits"):
        await world.tokens.after_refusal("AT-demo-0001")
    assert world.zalo.tokens.uses == []
    world.advance(minutes=6)
    assert await world.tokens.after_refusal("AT-demo-0001") == "AT-demo-0002"


async def test_rule_6_staff_hear_of_a_refresh_token_that_grows_old(world: World, logged: Logged) -> None:
    await world.tokens.give("AT-old", "RT-old", lasts=timedelta(days=7))
    async with world.database.single() as connection:
        await connection.execute(text("update zalo_token set expires_at = now() + interval '1 year'"))
    heard = []
    for days in (29, 2, 50):
        world.advance(days=days)
        await world.tokens.keep_fresh()
        heard.append("zalo_token_grows_old" in logged.take())
    assert heard == [False, True, True]


async def test_rule_7_tokens_are_sealed_and_stand_in_no_log(world: World, logged: Logged) -> None:
    world.advance(hours=24)
    await world.tokens.keep_fresh()
    async with world.database.single() as connection:
        row = (await connection.execute(text("select access_token, refresh_token from zalo_token"))).one()
    assert b"demo" not in row.access_token + row.refresh_token
    told = logged.take()
    assert "zalo_token" in told and "AT-demo" not in told and "RT-demo" not in told
    assert "test-app-secret" not in repr(world.account)


async def test_tokens_sealed_with_another_key_are_said_to_be_so(world: World) -> None:
    other = TokenKeeper(world.account, world.database, world.clock, Sealer(b"another"), HttpCalls(2.0))
    with pytest.raises(NoToken, match="sealed_with_another_key"):
        await other.access_token()


@pytest.mark.parametrize(("written", "hours"), [("text", 25), ("number", 25), ("missing", 1)])
async def test_d03_the_life_of_a_token_is_read_as_text_as_number_or_guessed(
    world: World, written: str, hours: int
) -> None:
    world.advance(hours=24)
    world.zalo.tokens.expires_as = written
    await world.tokens.keep_fresh()
    assert (await world.tokens.state()).expires_at == world.clock.now() + timedelta(hours=hours)


async def test_d04_a_copy_of_the_database_does_not_refresh_the_tokens_of_production(world: World) -> None:
    copy = another_keeper(world, environment="test")
    world.advance(hours=24)
    with pytest.raises(NoToken, match="other_environment"):
        await copy.after_refusal("AT-demo-0001")
    assert world.zalo.tokens.uses == []


async def test_a_code_of_a_consent_is_exchanged_once(world: World) -> None:
    verifier = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
    world.zalo.tokens.codes["code-1"] = verifier
    await world.tokens.exchange_code("code-1", verifier)
    assert await another_keeper(world).access_token() == world.zalo.tokens.access == "AT-demo-0002"
    with pytest.raises(NoToken, match="code_refused"):
        await world.tokens.exchange_code("code-1", verifier)
