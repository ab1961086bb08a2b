"""The kill switch: nothing leaves on a closed channel, messages go another way or wait, and people are told once."""

import pytest
from sqlalchemy import text

from bot.channels.capabilities import LEDGER, TELEGRAM, WEB, ZALO, Capabilities
from bot.channels.switch import SWITCHED, SwitchRefused, channel_statuses, close, reopen
from store.clock import SetClock
from store.database import Database
from store.delivery_errors import ErrorClass
from store.queries.audit import audit_entries
from store.queries.inbox import store_incoming
from store.queries.people import person_of, remember
from tests.sending import ToldChannel, progress, refusal, reply_to, resident, run_to, send_everything, sender_of

REASON = "mã truy cập bị lộ, chờ cấp lại"


async def switch_off(database: Database, clock: SetClock, channel: str = ZALO) -> None:
    async with database.transaction() as connection:
        await close(connection, channel, reason=REASON, actor=None, now=clock.now())


async def switch_on(database: Database, clock: SetClock, channel: str = ZALO) -> None:
    async with database.transaction() as connection:
        await reopen(connection, channel, actor=None, now=clock.now())


async def linked(database: Database, clock: SetClock, name: str, other: str = TELEGRAM) -> tuple[int, int]:
    """Somebody with two chats; return both conversations."""
    first = await resident(database, clock, name)
    second = await resident(database, clock, f"{other}-{name}", channel=other, consent=None)
    async with database.single() as connection:
        await connection.execute(
            text("update conversation set person_id = (select person_id from conversation where id = :first) "
                 "where id = :second"),
            {"first": first, "second": second},
        )  # fmt: skip
    return first, second


async def rows(database: Database) -> list[tuple[str, str, str]]:
    async with database.single() as connection:
        found = await connection.execute(text("select channel, state, kind from delivery order by id"))
        return [(row.channel, row.state, row.kind) for row in found]


async def test_nothing_leaves_on_a_closed_channel_and_all_of_it_when_it_is_open_again(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(ZALO)
    conversation = await resident(database, clock, "mai")
    run = await run_to(database, clock, [("mai", conversation)])
    await reply_to(database, clock, "mai", conversation, "trả lời")
    clock.advance(seconds=1)
    await switch_off(database, clock)
    sender = sender_of(database, clock, zalo)
    await send_everything(sender, clock, rounds=5)
    assert zalo.taken == []
    assert (await progress(database, run)).total == 1
    await switch_on(database, clock)
    await send_everything(sender, clock)
    assert sorted(words for _, words in zalo.taken) == ["tin", "trả lời"]


async def test_what_waits_goes_to_another_chat_of_the_same_person_who_is_told_once(
    database: Database, clock: SetClock
) -> None:
    zalo, telegram = ToldChannel(ZALO), ToldChannel(TELEGRAM)
    first, _ = await linked(database, clock, "mai")
    run = await run_to(database, clock, [("mai", first)])
    await reply_to(database, clock, "mai", first, "một")
    await switch_off(database, clock)
    sender = sender_of(database, clock, zalo, telegram)
    await sender.sweep()
    await send_everything(sender, clock)
    await reply_to(database, clock, "mai", first, "hai")
    await sender.sweep()
    await send_everything(sender, clock)
    assert zalo.taken == []
    said = [words for _, words in telegram.taken]
    assert sorted(one for one in said if "tạm dừng" not in one) == ["hai", "một", "tin"]
    assert sum("tạm dừng" in one for one in said) == 1
    # The recipient of the campaign keeps their one row.
    report = await progress(database, run)
    assert (report.total, report.by_state.get("sent")) == (1, 1)


async def test_the_web_chat_is_taken_only_where_there_is_nothing_else(database: Database, clock: SetClock) -> None:
    first, _ = await linked(database, clock, "mai")
    await linked(database, clock, "lan", other=WEB)
    lan = await conversation_of(database, "lan")
    async with database.single() as connection:
        person = await person_of(connection, conversation_id=first)
        await remember(connection, person_id=person, field="preferred_channel", value=TELEGRAM, now=clock.now())
    await reply_to(database, clock, "mai", first, "một")
    await reply_to(database, clock, "lan", lan, "hai")
    await switch_off(database, clock)
    telegram, web = ToldChannel(TELEGRAM), ToldChannel(WEB, capabilities=LEDGER)
    sender = sender_of(database, clock, ToldChannel(ZALO), telegram, web)
    await sender.sweep()
    await send_everything(sender, clock)
    assert telegram.reached[0] == "telegram-mai" and "web-lan" in web.reached


async def conversation_of(database: Database, address: str) -> int:
    async with database.single() as connection:
        query = text("select id from conversation where address = :address")
        return int((await connection.execute(query, {"address": address})).scalar_one())


async def test_whoever_writes_on_a_closed_channel_is_told_once_and_nobody_else_is(
    database: Database, clock: SetClock
) -> None:
    zalo = ToldChannel(ZALO)
    await resident(database, clock, "mai")
    await resident(database, clock, "lan")
    clock.advance(minutes=1)
    await switch_off(database, clock)
    clock.advance(minutes=1)
    sender = sender_of(database, clock, zalo)
    for number in range(3):
        async with database.single() as connection:
            await store_incoming(
                connection,
                channel=ZALO,
                address="mai",
                provider_message_id=f"m-{number}",
                text="có ai không",
                payload=None,
                wishes={},
                language="vi",
                now=clock.now(),
            )
        await sender.sweep()
        await send_everything(sender, clock)
    assert zalo.reached == ["mai"]
    assert zalo.taken[0][1].startswith("Kênh Zalo OA đang tạm dừng.")


async def test_a_second_closing_is_told_again(database: Database, clock: SetClock) -> None:
    zalo, telegram = ToldChannel(ZALO), ToldChannel(TELEGRAM)
    first, _ = await linked(database, clock, "mai")
    sender = sender_of(database, clock, zalo, telegram)
    for _ in range(2):
        await reply_to(database, clock, "mai", first, "một")
        await switch_off(database, clock)
        await sender.sweep()
        await send_everything(sender, clock)
        await switch_on(database, clock)
        clock.advance(minutes=1)
    assert sum("tạm dừng" in words for _, words in telegram.taken) == 2


async def test_closing_needs_a_reason_and_stands_in_the_audit_log(database: Database, clock: SetClock) -> None:
    async with database.transaction() as connection:
        with pytest.raises(SwitchRefused, match="reason_missing"):
            await close(connection, ZALO, reason="  x ", actor=None, now=clock.now())
        with pytest.raises(SwitchRefused, match="not_a_channel"):
            await close(connection, "fax", reason=REASON, actor=None, now=clock.now())
        with pytest.raises(SwitchRefused, match="open_already"):
            await reopen(connection, ZALO, actor=None, now=clock.now())
    await switch_off(database, clock)
    async with database.transaction() as connection:
        with pytest.raises(SwitchRefused, match="closed_already"):
            await close(connection, ZALO, reason=REASON, actor=None, now=clock.now())
    await switch_on(database, clock)
    async with database.single() as connection:
        entries = await audit_entries(connection, kind="channel")
    assert [(one.action, one.details.get("reason")) for one in entries] == [
        ("channel.opened", None),
        ("channel.closed", REASON),
    ]


async def test_zalo_s_channels_are_closed_together_and_others_stay_open(database: Database, clock: SetClock) -> None:
    await switch_off(database, clock)
    async with database.single() as connection:
        closed = {one.channel for one in await channel_statuses(connection, SWITCHED) if one.closed_since is not None}
    assert closed == {"zalo", "zalo_anonymous", "zalo_phone"}


async def test_a_channel_without_capabilities_of_its_own_sends_as_before(database: Database, clock: SetClock) -> None:
    await switch_off(database, clock)
    telegram = ToldChannel(TELEGRAM, capabilities=Capabilities())
    conversation = await resident(database, clock, "lan", channel=TELEGRAM)
    await reply_to(database, clock, "lan", conversation, "một", channel=TELEGRAM)
    await send_everything(sender_of(database, clock, telegram), clock)
    assert telegram.taken == [("lan", "một")]


async def test_a_single_message_that_a_channel_does_not_take_goes_to_another_chat_once(
    database: Database, clock: SetClock
) -> None:
    refused = refusal(ErrorClass.WINDOW_CLOSED)
    zalo, telegram = ToldChannel(ZALO, answers={"*": refused}), ToldChannel(TELEGRAM)
    first, _ = await linked(database, clock, "mai")
    await reply_to(database, clock, "mai", first, "một")
    sender = sender_of(database, clock, zalo, telegram)
    await send_everything(sender, clock)
    assert telegram.taken == [("telegram-mai", "một")]
    # Where no chat takes it, it ends: it does not go round.
    telegram.answers["*"] = refused
    await reply_to(database, clock, "mai", first, "hai")
    await send_everything(sender, clock)
    assert [state for _, state, _ in await rows(database)] == ["sent", "failed"]
