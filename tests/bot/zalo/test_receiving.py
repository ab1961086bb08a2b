"""What Zalo delivers: stored once, acknowledged at once, read in order, and only people's words start an answer."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bot.channels.zalo.events import parse_event, shared_info
from bot.channels.zalo.watch import ZaloWatch
from bot.channels.zalo_http import HttpCalls
from bot.messages import OutgoingMessage, PhoneRequest
from bot.payloads import make_payload
from store.clock import SetClock
from store.database import Database
from store.delivery_states import DeliveryKind, Priority
from store.queries.deliveries import queue_deliveries
from tests.bot.zalo.world import World, world_of
from tests.conftest import Logged
from tests.standins.zalo import APP_ID, OA_ID

USER = "7000000000000000001"


async def said(world: World) -> list[tuple[str, str | None]]:
    """Text and payload of what the inbox has, oldest first."""
    async with world.database.single() as connection:
        rows = await connection.execute(text("select text, payload from incoming order by id"))
        return [(row.text, row.payload) for row in rows]


async def test_a_message_is_stored_and_its_redelivery_changes_nothing_d05(world: World) -> None:
    event = {"user": USER, "do": "write", "text": "hộ nghèo được gì", "msg_id": "m-1"}
    await world.zalo.inbound(event)
    await world.zalo.inbound({**event, "at_ms": world.zalo.now_ms() + 3_600_000})
    await world.read()
    assert [one.status for one in world.zalo.webhook.attempts] == [200, 200]
    assert await said(world) == [("hộ nghèo được gì", None)]


async def test_d09_a_wrong_signature_is_answered_200_and_not_taken(world: World) -> None:
    world.zalo.signing.oa_key = world.zalo.signing.app_secret = "somebody else's"
    await world.does(USER, "write", text="chào")
    assert [one.status for one in world.zalo.webhook.attempts] == [200]
    assert await world.outcomes() == [] and await said(world) == []


async def test_d09_five_wrong_signatures_in_ten_minutes_are_an_alarm(world: World, logged: Logged) -> None:
    world.zalo.signing.oa_key = world.zalo.signing.app_secret = "wrong"
    for number in range(5):
        assert "zalo_signatures_keep_being_wrong" not in logged.take()
        await world.does(USER, "write", text=f"{number}")
    assert "zalo_signatures_keep_being_wrong" in logged.take()


async def test_d09_while_signatures_are_observed_wrong_ones_are_taken_and_told(
    database: Database, clock: SetClock, tmp_path: Path, logged: Logged
) -> None:
    async with world_of(database, clock, tmp_path, enforce=False) as world:
        world.zalo.signing.oa_key = world.zalo.signing.app_secret = "wrong"
        await world.does(USER, "write", text="chào")
        assert await said(world) == [("chào", None)]
        assert "zalo_signature_wrong" in logged.take()


async def test_the_way_of_signing_is_told_and_a_change_of_it(world: World, logged: Logged) -> None:
    await world.does(USER, "write", text="một")
    world.zalo.signing.timestamp = "header"
    await world.does(USER, "write", text="hai")
    told = logged.take()
    assert "zalo_signature_fits" in told and "zalo_signature_changed" in told
    assert len(await said(world)) == 2


async def test_d10_the_probe_of_the_console_is_answered_and_stored_nowhere(world: World) -> None:
    async with aiohttp.ClientSession() as session:
        for body in (b"{}", b""):
            assert (await session.post(world.zalo.webhook.url, data=body)).status == 200
        assert (await session.get(world.zalo.webhook.url)).status == 200
    assert await world.outcomes() == []


@pytest.mark.parametrize("body", [b"[]", b"null", b"\xff\xfe", b'{"event_name": 7}', b"{" * 5000, b'{"a":1}'])
async def test_bodies_that_are_no_events_are_answered_200(world: World, body: bytes) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {"X-ZEvent-Signature": "mac=00"}
        assert (await session.post(world.zalo.webhook.url, data=body, headers=headers)).status == 200
    assert await world.outcomes() == []


async def test_d11_ids_keep_all_their_digits(world: World) -> None:
    user = "9007199254740993123"
    await world.does(user, "write", text="chào")
    assert await world.value("select address from conversation") == user
    body = f'{{"event_name":"user_send_text","timestamp":1795399200000,"sender":{{"id":{user}}}}}'.encode()
    assert parse_event(body).person == user


async def test_timestamps_may_be_numbers(world: World) -> None:
    world.zalo.signing.numbers = True
    await world.does(USER, "write", text="chào")
    assert await world.outcomes() == ["message"]


async def test_d12_nothing_but_what_people_write_starts_an_answer(world: World) -> None:
    await world.does(USER, "follow")
    await world.does(USER, "react", msg_id="m-9")
    await world.does(USER, "officer", text="Chào bác, tôi là cán bộ xã.")
    await world.does(USER, "unfollow")
    assert await said(world) == []
    assert await world.outcomes() == ["followed", "reaction", "officer", "unfollowed"]


async def test_d13_an_officer_who_answers_from_zalo_silences_the_bot_for_an_hour(world: World) -> None:
    user, conversation = await world.met()
    await world.does(user, "officer", text="Chào bác, tôi là cán bộ xã.", admin=False)
    silent_until = "select silent_until from conversation where id = :id"
    assert await world.value(silent_until, id=conversation) == world.clock.now() + timedelta(minutes=60)
    _, elsewhere = await world.met(2)
    assert await world.value(silent_until, id=elsewhere) is None


async def test_d13_an_officer_may_write_first_and_opens_no_window_by_it(world: World) -> None:
    user = world.zalo.person()
    await world.does(user, "officer", text="Chào bác, tôi là cán bộ xã.")
    assert await world.value("select silent_until from conversation") == world.clock.now() + timedelta(minutes=60)
    assert await world.value("select last_message_at from conversation") < world.clock.now() - timedelta(days=7)


async def test_d13_the_account_s_own_greeting_of_a_new_follower_silences_nobody(world: World) -> None:
    await world.does(USER, "follow")
    await world.does(USER, "officer", text="Cảm ơn bác đã quan tâm!", admin=False)
    await world.does(USER, "write", text="chào")
    assert await world.outcomes() == ["followed", "welcome", "message"]


async def test_d12_d13_an_echo_of_our_own_message_is_known_by_its_id_or_by_its_words(world: World) -> None:
    user, conversation = await world.met()
    await world.answers(user, conversation, "Chào bác.", "Tôi là máy.")
    await world.read()
    # With an id of its own, as nobody has proven that it is that of the answer.
    event = {"user": user, "do": "officer", "text": "Chào  bác.", "admin": False, "msg_id": "another-id"}
    await world.zalo.inbound(event)
    await world.read()
    assert "officer" not in await world.outcomes()
    assert (await world.outcomes()).count("echo") == 3


async def test_d14_receipts_in_any_order_move_a_message_forward_only(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.tells = ("seen", "received", "echo")
    await world.answers(user, conversation, "Chào bác.")
    await world.read()
    assert await world.states() == [("seen", None)]


async def test_d14_a_receipt_of_an_unknown_id_is_kept_and_matched_later(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.tells = ()
    await world.zalo.tell(user, "a1b2c3d400000002", "", "text", ("seen",))
    await world.read()
    assert await world.value("select count(*) from zalo_early_receipt") == 1
    await world.answers(user, conversation, "Chào bác.")
    assert world.sent[0]["id"] == "a1b2c3d400000002"
    await world.read()
    assert await world.states() == [("seen", None)]
    assert await world.value("select count(*) from zalo_early_receipt") == 0


async def test_d14_a_receipt_that_comes_between_the_sending_and_the_ledger_s_note_of_it_is_not_lost(
    world: World,
) -> None:
    user, conversation = await world.met()
    world.zalo.tells = ()
    await world.answers(user, conversation, "Chào bác.")
    sent = world.sent[0]["id"]
    note = text("update delivery set state = :state, provider_message_id = :id where conversation_id = :conversation")
    async with world.database.single() as connection:
        await connection.execute(note, {"state": "claimed", "id": None, "conversation": conversation})
    await world.zalo.tell(user, sent, "", "text", ("seen",))
    await world.read()
    async with world.database.single() as connection:
        await connection.execute(note, {"state": "sent", "id": sent, "conversation": conversation})
    await world.read()
    assert await world.states() == [("seen", None)]


async def test_d15_what_one_person_wrote_is_read_in_the_order_of_its_time(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    async with world_of(database, clock, tmp_path, settle=timedelta(seconds=1)) as world:
        at = world.zalo.now_ms()
        for number in (3, 1, 2):
            await world.zalo.inbound({"user": USER, "do": "write", "text": f"câu {number}", "at_ms": at + number})
        await world.read()
        assert await said(world) == []
        world.advance(seconds=1)
        await world.read()
        assert [words for words, _ in await said(world)] == ["câu 1", "câu 2", "câu 3"]


async def test_d19_whoever_was_unreachable_is_reached_again_after_the_next_event(world: World) -> None:
    user, conversation = await world.met(blocked=True)
    await world.answers(user, conversation, "Chào bác.")
    assert await world.states() == [("failed", "zalo_-244")]
    assert await world.value("select unreachable_reason from conversation") == "zalo_-244"
    world.advance(minutes=1)
    world.zalo.everybody[user].blocked = False
    await world.does(user, "follow")
    assert await world.value("select unreachable_since from conversation") is None


@pytest.mark.parametrize(
    ("info", "phone", "address"),
    [
        (
            {
                "name": "Nguyễn Thị Mẫu",
                "phone": "84900000001",
                "full_address": {"user_city": "Tỉnh Mẫu", "user_ward": "Xã Mẫu", "user_address": "Thôn 1"},
            },
            "84900000001",
            "Thôn 1, Xã Mẫu, Tỉnh Mẫu",
        ),
        (
            {"address": "Thôn 1", "phone": 84900000001, "city": "Tỉnh Mẫu", "district": "", "name": "Mẫu"},
            "84900000001",
            "Thôn 1, Tỉnh Mẫu",
        ),
    ],
)
def test_d24_shared_details_are_read_in_each_of_their_shapes(info: dict[str, Any], phone: str, address: str) -> None:
    import orjson

    shapes = (
        {"event_name": "user_submit_info", "sender": {"id": USER}, "info": info},
        {"event_name": "user_submit_info", "sender": {"id": USER}, "message": {"text": orjson.dumps(info).decode()}},
    )
    for shape in shapes:
        read = shared_info(parse_event(orjson.dumps(shape)))
        assert (read.phone, read.address) == (phone, address)


async def test_a_shared_number_counts_as_typed_where_it_was_asked_for_and_else_nothing_is_kept(world: World) -> None:
    user, conversation = await world.met()
    shared: dict[str, Any] = {"do": "info", "info": {"name": "Mẫu", "phone": "84900000001"}}
    await world.answers(user, conversation, "Chào bác.")
    await world.does(user, **shared)
    assert [words for words, _ in await said(world)] == ["chào"]
    asked = OutgoingMessage(text="Số?", phone_request=PhoneRequest(title="Gửi số", words="Hoặc bấm nút."))
    async with world.database.transaction() as connection:
        await queue_deliveries(
            connection,
            [asked.to_json()],
            conversation_id=conversation,
            incoming_id=None,
            channel="zalo",
            address=user,
            kind=DeliveryKind.ANSWER,
            priority=Priority.REPLY,
            now=world.clock.now(),
        )
    world.advance(seconds=1)
    await world.does(user, **shared)
    assert [words for words, _ in await said(world)] == ["chào", "84900000001"]
    assert await world.value("select count(*) from incoming where text like '%Mẫu%'") == 0


async def test_d25_a_visitor_without_a_name_is_somebody_else_than_a_person_with_the_same_id(world: World) -> None:
    await world.does(USER, "anonymous", text="chào", conversation="c-1")
    await world.does(USER, "write", text="chào")
    async with world.database.single() as connection:
        rows = (
            await connection.execute(text("select channel, address, person_id from conversation order by id"))
        ).all()
    assert [(row.channel, row.address) for row in rows] == [("zalo_anonymous", f"{USER}:c-1"), ("zalo", USER)]
    assert rows[0].person_id != rows[1].person_id
    conversation = await world.value("select id from conversation where channel = 'zalo_anonymous'")
    await world.answers(f"{USER}:c-1", conversation, "Chào bác.", channel="zalo_anonymous")
    assert [(one["kind"], one["to"]) for one in world.sent] == [("anonymous", USER)]


async def test_d27_a_button_comes_back_with_its_payload_and_a_forged_one_opens_nothing(world: World) -> None:
    payload = make_payload("menu")
    await world.does(USER, "press", press=f"#{payload}")
    await world.does(USER, "write", text="#/admin")
    await world.does(USER, "write", text="#menu:vay-von")
    assert await said(world) == [(payload, payload), ("#/admin", None), ("#menu:vay-von", None)]


async def test_a_pressed_button_is_kept_with_its_title(world: World) -> None:
    user, conversation = await world.met()
    async with world.database.single() as connection:
        message = '{"text": "Chọn.", "buttons": [{"title": "Xem các mục", "payload": "/menu"}]}'
        await connection.execute(
            text("""
insert into delivery (conversation_id, kind, priority, channel, address, message, created_at, state)
values (:id, 'answer', 0, 'zalo', :user, cast(:message as jsonb), now(), 'sent')"""),
            {"id": conversation, "user": user, "message": message},
        )
    await world.does(user, "press", press="#/menu")
    assert (await said(world))[-1] == ("Xem các mục", "/menu")


@pytest.mark.parametrize(
    ("do", "label", "payload"),
    [
        ("image", "[ảnh]", "/ask_person"),
        ("file", "[tệp]", "/ask_person"),
        ("audio", "[ghi âm]", "/ask_person"),
        ("sticker", "[nhãn dán]", "/greet"),
        ("location", "[vị trí] Nhà văn hóa thôn 1", "/ask_person"),
    ],
)
async def test_what_is_no_text_is_answered_politely(world: World, do: str, label: str, payload: str) -> None:
    more = {"text": "Nhà văn hóa thôn 1"} if do == "location" else {}
    await world.does(USER, do, **more)
    assert await said(world) == [(label, payload)]


async def test_words_beside_a_picture_are_the_question(world: World) -> None:
    await world.does(USER, "image", text="giấy này có đúng không")
    assert await said(world) == [("giấy này có đúng không", None)]


async def test_d33_unknown_events_are_kept_as_they_came(world: World) -> None:
    event = {"event_name": "user_dances", "app_id": APP_ID, "timestamp": "1795399200000", "more": {"deep": [1, None]}}
    assert await world.zalo.post(event) == 200
    await world.read()
    assert await world.outcomes() == ["unknown"]
    assert b"user_dances" in await world.value("select body from channel_event")


async def test_events_of_another_account_of_the_same_application_are_left_alone(world: World) -> None:
    event = {
        "event_name": "user_send_text", "app_id": APP_ID, "timestamp": "1795399200000",
        "sender": {"id": USER}, "recipient": {"id": "5999"}, "message": {"msg_id": "m", "text": "chào"},
        "oa_id": "5999",
    }  # fmt: skip
    await world.zalo.post(event)
    await world.zalo.post(
        {**event, "oa_id": OA_ID, "recipient": {"id": OA_ID}, "message": {"msg_id": "n", "text": "a"}}
    )
    await world.read()
    assert await world.outcomes() == ["other_account", "message"]


async def test_a_changed_template_is_told(world: World, logged: Logged) -> None:
    event = {
        "event_name": "change_template_status", "app_id": APP_ID, "oa_id": OA_ID, "template_id": "400001",
        "status": {"prev_status": "ENABLE", "new_status": "DISABLE"}, "timestamp": "1795399500000",
    }  # fmt: skip
    await world.zalo.post(event)
    await world.read()
    assert "zalo_template_changed" in logged.take()
    assert await world.outcomes() == ["template"]


async def test_d32_a_webhook_that_is_not_reached_and_a_day_without_events_are_told(
    world: World, logged: Logged
) -> None:
    calls = HttpCalls(2.0)
    await world.does(USER, "write", text="chào")
    watch = ZaloWatch(world.account, world.database, world.clock, calls, world.zalo.webhook.url)
    assert await watch.look()
    await world.read()
    assert await world.outcomes() == ["message", "check"]
    gone = ZaloWatch(world.account, world.database, world.clock, calls, "http://127.0.0.1:9/webhooks/zalo")
    assert not await gone.look()
    assert "zalo_webhook_not_reached" in logged.take()
    # The clock stands at nine in the morning.
    world.advance(hours=7)
    assert not await watch.look()
    assert "zalo_is_silent" in logged.take()
    await calls.close()
