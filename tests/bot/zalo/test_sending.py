"""Messages on their way to Zalo: their shape, their windows, what refusals become, and what an unknown fate becomes."""

import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.channels.base import Failed, Sent, Shipment
from bot.channels.zalo.bodies import parts_of
from bot.channels.zalo.errors import meaning_of
from bot.messages import Button, OutgoingMessage, PhoneRequest
from store.clock import LOCAL_ZONE, SetClock
from store.delivery_errors import ErrorClass
from store.delivery_states import Priority
from store.run_states import Purpose
from tests.bot.zalo.world import World
from tests.sending import run_to, send_everything

NOW = SetClock().now()
SENTENCE = "Hộ nghèo được Nhà nước đóng toàn bộ tiền bảo hiểm y tế. "


def buttons(number: int) -> tuple[Button, ...]:
    return tuple(Button(title=f"Mục {n}", payload=f'/topic_menu{{"topic":"{n}"}}') for n in range(number))


async def sends(world: World, user: str, message: OutgoingMessage, **more: Any) -> Any:
    return await world.channel.send(message, user, Shipment(more.pop("key", "900001"), **more))


async def test_a_short_text_leaves_as_one_message(world: World) -> None:
    user, conversation = await world.met()
    await world.answers(user, conversation, "Chào bác, xã đã nhận câu hỏi của bác.")
    assert [(one["to"], one["text"]) for one in world.sent] == [(user, "Chào bác, xã đã nhận câu hỏi của bác.")]
    assert await world.states() == [("sent", None)]
    assert await world.value("select provider_message_id from delivery") == world.sent[0]["id"]


async def test_d21_long_text_is_split_at_sentence_ends_and_numbered_from_three_parts_on(world: World) -> None:
    user, _ = await world.met()
    await sends(world, user, OutgoingMessage(text=SENTENCE * 60))
    assert len(world.sent) == 2
    assert all(len(one["text"]) <= 1900 and one["text"].endswith(".") for one in world.sent)
    await sends(world, user, OutgoingMessage(text=SENTENCE * 90), key="900002")
    assert [one["text"][:6] for one in world.sent[2:]] == ["(1/3) ", "(2/3) ", "(3/3) "]


async def test_d20_text_is_counted_and_sent_in_nfc(world: World) -> None:
    user, _ = await world.met()
    await sends(world, user, OutgoingMessage(text=unicodedata.normalize("NFD", SENTENCE * 30)))
    assert [unicodedata.is_normalized("NFC", one["text"]) for one in world.sent] == [True]


async def test_d26_words_that_are_passed_on_mention_nobody_in_a_group(world: World) -> None:
    user, conversation = await world.met()
    await world.answers(user, conversation, "Cán bộ: gửi [@7000000000000000002]bác [@all] nhé [xem @ phần 2]")
    assert world.sent[-1]["text"] == "Cán bộ: gửi bác  nhé [xem @ phần 2]"


async def test_up_to_five_buttons_are_under_the_last_part_with_marked_payloads(world: World) -> None:
    user, _ = await world.met()
    await sends(world, user, OutgoingMessage(text=SENTENCE * 60, buttons=buttons(5)))
    first, last = world.sent
    assert first["buttons"] == [] and len(last["buttons"]) == 5
    assert last["buttons"][0] == {"title": "Mục 0", "type": "oa.query.hide", "payload": '#/topic_menu{"topic":"0"}'}


async def test_more_than_five_buttons_are_left_to_the_numbers_in_the_text(world: World) -> None:
    user, _ = await world.met()
    await sends(world, user, OutgoingMessage(text="1. Mục 1", buttons=buttons(6)))
    assert world.sent[0]["buttons"] == []


async def test_a_number_is_asked_for_by_zalo_s_own_request_after_the_question(world: World) -> None:
    user, _ = await world.met()
    request = PhoneRequest(title="Gửi số", words="Hoặc bấm nút.")
    asked = OutgoingMessage(text="Số điện thoại?", buttons=buttons(1), phone_request=request)
    assert await sends(world, user, asked) == Sent(world.sent[1]["id"])
    assert [(one["text"], one["kind"]) for one in world.sent] == [
        ("Số điện thoại?", "text"),
        ("Hoặc bấm nút.", "request"),
    ]
    # An account that may not ask like this loses nothing: the number can be typed.
    refused = asked.model_copy(update={"phone_request": request.model_copy(update={"title": ""})})
    assert await sends(world, user, refused, key="900002") == Sent(world.sent[2]["id"])
    assert len(world.sent) == 3


async def test_a_long_title_is_cut_to_what_a_button_takes(world: World) -> None:
    user, _ = await world.met()
    await sends(world, user, OutgoingMessage(text="Chọn.", buttons=(Button(title="ấ" * 150, payload="/menu"),)))
    assert len(world.sent[0]["buttons"][0]["title"]) == 100


async def test_a_picture_is_handed_over_once_and_known_by_its_content(world: World, tmp_path: Path) -> None:
    user, _ = await world.met()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "anh.png").write_bytes(b"\x89PNG demo")
    message = OutgoingMessage(text="Tờ rơi", image="/audio/anh.png")
    for number in range(3):
        await sends(world, user, message, key=f"90000{number}")
    assert {one["image"] for one in world.sent} == {"IMAGE-" + world.sent[0]["image"].partition("-")[2]}
    assert len(world.zalo.uploads) == 1


async def test_d22_an_upload_is_renewed_after_six_days_and_when_zalo_has_forgotten_it(
    world: World, tmp_path: Path
) -> None:
    user, _ = await world.met()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "anh.png").write_bytes(b"\x89PNG demo")
    message = OutgoingMessage(text="Tờ rơi", image="/audio/anh.png")
    assert isinstance(await sends(world, user, message, key="900001"), Sent)
    world.zalo.uploads.clear()
    assert isinstance(await sends(world, user, message, key="900002"), Sent)
    assert len(world.zalo.uploads) == 1
    world.advance(days=6, hours=1)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    await world.does(user, "write", text="chào")
    assert isinstance(await sends(world, user, message, key="900003"), Sent)
    assert len(world.zalo.uploads) == 2


async def test_a_picture_elsewhere_is_named_by_its_address_and_comes_before_buttons(world: World) -> None:
    user, _ = await world.met()
    message = OutgoingMessage(text="Chọn.", image="https://example.gov.vn/a.jpg", buttons=buttons(2))
    await sends(world, user, message)
    assert [(one["image"], len(one["buttons"])) for one in world.sent] == [("https://example.gov.vn/a.jpg", 0), ("", 2)]


async def test_a_recording_is_a_link(world: World) -> None:
    user, _ = await world.met()
    await sends(world, user, OutgoingMessage(text="Nghe.", audio="/audio/abc.mp3"))
    assert world.sent[0]["text"] == "Nghe.\n\n🔊 Nghe: https://hoidap.example/audio/abc.mp3"


# Windows (A8): what the person did last decides.


async def test_free_text_is_free_for_48_hours_less_a_margin(world: World) -> None:
    user, _ = await world.met()
    world.advance(hours=47, minutes=49)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    assert isinstance(await sends(world, user, OutgoingMessage(text="a")), Sent)
    world.advance(minutes=2)
    refused = await sends(world, user, OutgoingMessage(text="b"), key="900002", priority=Priority.BULK)
    assert refused == Failed(ErrorClass.BILLING, "zalo_would_cost")
    assert [one["billed"] for one in world.sent] == [False]


async def test_d17_paid_text_needs_the_campaign_s_leave_and_stays_within_the_day_s_cap(world: World) -> None:
    users = [(await world.met(number))[0] for number in range(3)]
    world.advance(days=3)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    results = [
        await sends(world, user, OutgoingMessage(text="a"), key=f"{number}", may_cost=True)
        for number, user in enumerate(users)
    ]
    assert [type(one) for one in results] == [Sent, Sent, Failed]
    assert results[2].error is ErrorClass.QUOTA and results[2].reason == "zalo_paid_cap_reached"
    assert [one["billed"] for one in world.sent] == [True, True]


async def test_d17_each_part_of_a_paid_message_counts_and_one_too_long_for_the_cap_does_not_begin(
    world: World,
) -> None:
    first, _ = await world.met(1)
    second, _ = await world.met(2)
    world.advance(days=3)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    three = OutgoingMessage(text=" ".join(["Câu này dài."] * 400))
    assert len(parts_of(three, address="")) == 3
    refused = await sends(world, first, three, key="3", may_cost=True)
    assert isinstance(refused, Failed) and refused.reason == "zalo_paid_cap_reached"
    two = OutgoingMessage(text=" ".join(["Câu này dài."] * 250))
    assert isinstance(await sends(world, first, two, key="2", may_cost=True), Sent)
    assert [one["billed"] for one in world.sent] == [True, True]
    assert await world.value("select number from paid_messages") == 2
    refused = await sends(world, second, OutgoingMessage(text="a"), key="1", may_cost=True)
    assert isinstance(refused, Failed) and refused.reason == "zalo_paid_cap_reached"


async def test_d17_a_paid_text_that_was_refused_does_not_count(world: World) -> None:
    user, _ = await world.met()
    world.advance(days=3)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    world.zalo.has_cloud_account = False
    refused = await sends(world, user, OutgoingMessage(text="a"), may_cost=True)
    assert refused == Failed(ErrorClass.BILLING, "zalo_-320")
    assert await world.value("select number from paid_messages") == 0


async def test_d16_a_window_that_closed_meanwhile_is_no_question_to_zalo(world: World) -> None:
    user, _ = await world.met()
    world.advance(days=7)
    before = len(world.zalo.outbox)
    refused = await sends(world, user, OutgoingMessage(text="a"), may_cost=True)
    assert refused == Failed(ErrorClass.WINDOW_CLOSED, "zalo_window_closed")
    assert len(world.zalo.outbox) == before


@pytest.mark.parametrize("do", ["follow", "react"])
async def test_a_follow_and_a_reaction_open_the_window_too(world: World, do: str) -> None:
    user, _ = await world.met()
    world.advance(days=6)
    await world.does(user, do, msg_id="m-1")
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    world.advance(hours=20)
    assert isinstance(await sends(world, user, OutgoingMessage(text="a")), Sent)
    # The planner of campaigns sees it as well.
    assert await world.value("select last_message_at from conversation") == world.clock.now() - timedelta(hours=20)


async def test_after_a_loss_of_data_zalo_is_asked_when_somebody_did_something_last(world: World) -> None:
    user, _ = await world.met()
    world.advance(hours=1)
    async with world.database.single() as connection:
        await connection.execute(text("delete from zalo_contact"))
    assert isinstance(await sends(world, user, OutgoingMessage(text="a")), Sent)
    assert await world.value("select last_interaction_at from zalo_contact") == world.clock.now() - timedelta(hours=1)
    unknown = world.zalo.person(9)
    assert await sends(world, unknown, OutgoingMessage(text="a"), key="2") == Failed(
        ErrorClass.WINDOW_CLOSED, "zalo_window_closed"
    )


async def test_a_message_of_several_parts_is_not_sent_longer_than_its_claim_lasts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, _ = await world.met()
    long = OutgoingMessage(text=SENTENCE * 90)
    monkeypatch.setattr("bot.channels.zalo.channel.BEGINS_PARTS_FOR", -1.0)
    assert await sends(world, user, long) == Failed(ErrorClass.RETRYABLE, "zalo_slow")
    monkeypatch.undo()
    assert isinstance(await sends(world, user, long), Sent)
    assert [one["text"][:5] for one in world.sent] == ["(1/3)", "(2/3)", "(3/3)"]


# Refusals.

CODES = {
    "retryable": (-200, -214),
    "rate": (-32,),
    "quota": (-211, -218, -234, -311),
    "window_closed": (-230, -232, -305),
    "recipient": (-213,),
    "permanent_recipient": (-217, -227, -237, -244, -403),
    "payload": (-201, -210, -233, -248, -249, -9999),
    "auth": (
        -204,
        -205,
        -209,
        -212,
        -219,
        -221,
        -223,
        -224,
        -235,
        -238,
        -240,
        -241,
        -242,
        -202,
        -207,
        -208,
        -215,
        -222,
    ),
    "billing": (-320, -321),
}


async def test_a6_each_code_of_the_api_has_its_class(world: World) -> None:
    user, _ = await world.met()
    for error, codes in CODES.items():
        for code in codes:
            world.zalo.faults.rules.clear()
            world.zalo.fail("answer", "/message/cs", body={"error": code, "message": "…"})
            refused = await sends(world, user, OutgoingMessage(text="a"))
            assert (refused.error, refused.reason) == (ErrorClass(error), f"zalo_{code}")


ZBS_CODES = {
    "retryable": (-100,),
    "quota": (-133, -144, -147, -1441, -1471, -1472, -126),
    "permanent_recipient": (-108, -114, -118, -119, -139, -140, -141, -110),
    "payload": (
        -109,
        -111,
        -112,
        -1121,
        -1122,
        -1123,
        -1124,
        -113,
        -1131,
        -116,
        -121,
        -122,
        -130,
        -131,
        -146,
        -162,
        -132,
        -145,
        -153,
        -161,
    ),
    "auth": (
        -101,
        -102,
        -103,
        -104,
        -105,
        -106,
        -117,
        -120,
        -1201,
        -1202,
        -125,
        -127,
        -128,
        -129,
        -135,
        -1351,
        -138,
        -1381,
        -1241,
        -124,
    ),
    "billing": (-115, -136, -137),
}


@pytest.mark.parametrize(("error", "code"), [(error, code) for error, codes in ZBS_CODES.items() for code in codes])
def test_a11_each_code_of_templates_has_its_class(error: str, code: int) -> None:
    assert meaning_of(code, "…", NOW, by_phone=True).error is ErrorClass(error)


def test_a_code_with_two_meanings_is_read_by_its_words() -> None:
    assert meaning_of(-201, "user_id is invalid!", NOW).error is ErrorClass.PERMANENT_RECIPIENT
    assert meaning_of(-223, "Your OA has reach the limit quota create article", NOW).error is ErrorClass.QUOTA


def test_d18_what_may_not_leave_at_night_waits_for_the_morning() -> None:
    evening = NOW.astimezone(LOCAL_ZONE).replace(hour=23, minute=30, second=0)
    for code in (-234, -133):
        wait = meaning_of(code, "…", evening, by_phone=code == -133).retry_after
        assert wait == timedelta(hours=6, minutes=30)


async def test_d06_too_fast_stops_bulk_for_the_rest_of_the_minute(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.per_minute = 1
    await world.answers(user, conversation, "a", "b")
    blocked = await world.value("select blocked_until from sending_account where channel = 'zalo'")
    assert blocked is not None and blocked.second == 0
    assert {state for state, _ in await world.states()} == {"sent", "queued"}
    world.advance(minutes=2)
    await world.answers(user, conversation)
    assert [state for state, _ in await world.states()] == ["sent", "sent"]


async def test_d06_the_account_s_own_limit_is_taken_from_zalo_s_answers(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.per_minute = 100
    await world.answers(user, conversation, "a")
    async with world.database.single() as connection:
        row = (await connection.execute(text("select * from sending_account where channel = 'zalo'"))).one()
    assert (row.per_window, row.window_seconds, row.reserve, row.blocked_until) == (100, 60.0, 20, None)
    world.zalo.calls_by_minute[world.zalo.now_ms() // 60_000] = 91
    await world.answers(user, conversation, "b")
    assert await world.value("select blocked_until from sending_account where channel = 'zalo'") is not None


# Nobody knows.


async def test_d07_a_timeout_after_zalo_accepted_is_unknown_until_the_echo_tells(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.tells = ()
    world.zalo.fail("drop_after", "/message/cs", times=1)
    await world.answers(user, conversation, "Chào bác.")
    assert [state for state, _ in await world.states()] == ["unknown"]
    for _ in range(5):
        world.advance(minutes=1)
        await send_everything(world.sender, world.clock, rounds=3)
    assert len(world.sent) == 1
    await world.zalo.tell(user, world.sent[0]["id"], "Chào bác.", "text", ("echo", "received"))
    world.zalo.set_clock(world.clock.now())
    await world.read()
    assert await world.states() == [("unknown", "zalo_ServerDisconnectedError")]


async def test_d07_an_echo_within_a_minute_settles_a_message_of_unknown_fate(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.tells = ()
    world.zalo.fail("drop_after", "/message/cs", times=1)
    await world.answers(user, conversation, "Chào bác.")
    assert [state for state, _ in await world.states()] == ["unknown"]
    await world.zalo.tell(user, world.sent[0]["id"], "Chào bác.", "text", ("received", "echo"))
    await world.read()
    assert await world.states() == [("delivered", None)]
    assert len(world.sent) == 1


async def test_d07_a_message_whose_first_part_is_proven_goes_on_with_the_second(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.tells = ()
    world.zalo.fail("drop_after", "/message/cs", times=1)
    await world.answers(user, conversation, SENTENCE * 60)
    assert len(world.sent) == 1
    await world.zalo.tell(user, world.sent[0]["id"], world.sent[0]["text"], "text", ("echo",))
    await world.read()
    await world.answers(user, conversation)
    assert len(world.sent) == 2 and world.sent[0]["text"] != world.sent[1]["text"]
    assert await world.states() == [("sent", None)]


async def test_a_message_that_could_not_be_handed_over_at_all_is_tried_again(world: World) -> None:
    user, conversation = await world.met()
    world.zalo.fail("answer", "/message/cs", status=503, body=None, times=1)
    await world.answers(user, conversation, "Chào bác.")
    assert [state for state, _ in await world.states()] == ["queued"]
    world.advance(seconds=5)
    await world.answers(user, conversation)
    assert len(world.sent) == 1


@pytest.mark.parametrize("action", ["malformed", "hang_after", "drop_after"])
async def test_an_answer_that_tells_nothing_is_unknown_and_not_repeated(world: World, action: str) -> None:
    user, conversation = await world.met()
    world.zalo.tells = ()
    world.zalo.fail(action, "/message/cs")
    await world.answers(user, conversation, "Chào bác.")
    assert [state for state, _ in await world.states()] == ["unknown"]
    assert world.zalo.faults.rules[0].done == 1


async def test_d31_money_that_runs_out_lets_a_campaign_wait(world: World) -> None:
    user, conversation = await world.met()
    world.advance(days=3)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    world.zalo.has_cloud_account = False
    rules = {"may_cost": True, "open_from": "00:00", "open_until": "23:59"}
    run = await run_to(world.database, world.clock, [(user, conversation)], rules=rules, purpose=Purpose.SERVICE)
    await send_everything(world.sender, world.clock, rounds=3)
    assert (await world.states())[-1][0] == "queued", run


async def test_a_reaction_is_put_under_a_message(world: World) -> None:
    user, _ = await world.met()
    await world.client.react(user, "m-000001", "/-heart")
    assert world.zalo.reactions == [(user, "m-000001", "/-heart")]


async def test_replies_may_use_what_bulk_leaves(world: World) -> None:
    user, _ = await world.met()
    assert isinstance(await sends(world, user, OutgoingMessage(text="a"), priority=Priority.REPLY), Sent)


async def test_what_one_person_waits_for_may_cost_where_the_installation_has_a_cap(world: World) -> None:
    user, conversation = await world.met()
    world.advance(days=3)
    await world.tokens.give(world.zalo.tokens.access, world.zalo.tokens.refresh, lasts=timedelta(hours=25))
    await world.answers(user, conversation, "Cán bộ xã trả lời bác.")
    assert [one["billed"] for one in world.sent] == [True]
    object.__setattr__(world.account, "paid_per_day", 0)
    refused = await sends(world, user, OutgoingMessage(text="b"), key="900002")
    assert refused == Failed(ErrorClass.WINDOW_CLOSED, "zalo_window_closed")
