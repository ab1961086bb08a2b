"""Knowing what became of a campaign: counts that hide small numbers, honest comparisons, polls, sheets, webhooks."""

import hashlib
import hmac
import io
from collections import Counter
from datetime import timedelta

import pytest
from aiohttp import web
from openpyxl import load_workbook
from sqlalchemy import text

from content.translations import catalogue_for
from scheduler.actors import Refused
from scheduler.calendar import fire
from scheduler.comparison import compare, share
from scheduler.reports import poll_results, recipients_sheet, replies, report_campaign
from scheduler.results import announce_results
from scheduler.webhooks import BACK_OFF, WebhookCaller, register_webhook
from store.clock import SetClock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.campaign_reports import count_outcomes, list_recipients
from store.queries.campaigns import get_campaign
from store.queries.consents import record_consent
from store.queries.occurrences import occurrences_of, runs_of
from store.queries.polls import poll_of, store_answer
from store.queries.webhooks import calls_of
from store.small_numbers import hide_small
from tests.scheduler.drafts import approve, submitted
from tests.scheduler.people import desk_at, person, staff


async def under_way(
    database: Database, clock: SetClock, what: str = "chung-tay-vi-nguoi-ngheo", people: int = 8
) -> int:
    """A campaign whose run has started; returns its number."""
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    for number in range(people):
        await person(database, clock.now(), f"p{number}", commune="23284" if number < people - 2 else "23293")
    campaign, request = await submitted(database, desk, author, what)
    await approve(database, desk, second, request)
    async with database.transaction() as connection:
        (due,) = await occurrences_of(connection, campaign.id)
    await fire(database, desk, due.id, due.version)
    return campaign.id


_SETTLE = text("""
update delivery set state = :state, reason = :reason, settled_at = :now
where campaign_run_id = (select max(run_id) from campaign_occurrence where campaign_id = :campaign)
  and conversation_id in (select id from conversation where address = any(:who))
""")
_PERSON = text("select person_id from conversation where address = :who")
_WRITE = text("""
insert into incoming (conversation_id, channel, provider_message_id, text, payload, received_at)
select id, channel, :id, :text, :payload, :now from conversation where address = :who
""")


async def settle(
    database: Database, clock: SetClock, campaign: int, who: list[str], state: str, reason: str = ""
) -> None:
    async with database.transaction() as connection:
        values = {"campaign": campaign, "who": who, "state": state, "reason": reason or None, "now": clock.now()}
        await connection.execute(_SETTLE, values)


async def write(database: Database, clock: SetClock, who: str, words: str, payload: str | None = None) -> None:
    async with database.transaction() as connection:
        values = {"id": f"{who}-{words}", "text": words, "payload": payload, "now": clock.now(), "who": who}
        await connection.execute(_WRITE, values)


async def test_a_report_counts_states_clicks_and_replies_and_hides_small_places(
    database: Database, clock: SetClock
) -> None:
    campaign_id = await under_way(database, clock)
    await settle(database, clock, campaign_id, [f"p{n}" for n in range(7)], "sent")
    await settle(database, clock, campaign_id, ["p7"], "failed", "telegram_403_blocked")
    clock.advance(hours=1)
    await write(database, clock, "p0", "Xem nhà mình được gì", "/check_eligibility")
    await write(database, clock, "p1", "cảm ơn")
    clock.advance(days=8)
    await write(database, clock, "p2", "muộn rồi", "/check_eligibility")
    async with database.transaction() as connection:
        campaign = await get_campaign(connection, campaign_id)
        assert campaign is not None
        report = await report_campaign(connection, campaign)
    assert report.by_state == {"failed": 1, "sent": 7}
    assert report.by_reason == {"failed: telegram_403_blocked": 1}
    assert (report.arrived, report.clicked, report.replied) == (7, 1, 1)
    # Six in one commune, one in the other: showing the six would tell of the one.
    assert set(report.by_commune.values()) == {None}


async def test_the_whole_is_counted_as_each_recipient_is_listed(database: Database, clock: SetClock) -> None:
    campaign_id = await under_way(database, clock)
    await settle(database, clock, campaign_id, ["p0", "p1", "p2", "p3"], "sent")
    clock.advance(hours=1)
    await settle(database, clock, campaign_id, ["p4", "p5", "p6"], "seen")
    # Before theirs came, beside it, after the time of words and before that of buttons, twice, a number, a no.
    await write(database, clock, "p4", "trước")
    clock.advance(minutes=-30)
    await write(database, clock, "p5", "sớm quá", "/check_eligibility")
    clock.advance(hours=2)
    await write(database, clock, "p0", "Xem", "/check_eligibility")
    await write(database, clock, "p0", "hỏi một câu")
    await write(database, clock, "p0", "hỏi thêm")
    await write(database, clock, "p1", " 12 ")
    async with database.transaction() as connection:
        await record_consent(
            connection,
            person_id=(await connection.execute(_PERSON, {"who": "p2"})).scalar_one(),
            purpose=ConsentPurpose.NEWS,
            given=False,
            words="Thôi nhận tin",
            language="vi",
            channel="telegram",
            now=clock.now(),
        )
    clock.advance(days=4)
    await write(database, clock, "p3", "muộn rồi")
    await write(database, clock, "p6", "Xem nhà mình", "/check_eligibility")
    async with database.transaction() as connection:
        runs = await runs_of(connection, campaign_id)
        payloads = ["/check_eligibility"]
        counted = await count_outcomes(connection, campaign_id, runs, payloads=payloads)
        listed = await list_recipients(connection, campaign_id, runs, payloads=payloads)
    for what in ("clicked", "replied", "opted_out"):
        assert sum(getattr(one, what) for one in counted) == sum(getattr(one, what) for one in listed) > 0, what
    states = Counter(one.state for one in listed)
    assert {one.state for one in counted} == states.keys()
    assert sum(one.number for one in counted) == len(listed) == 8


async def test_officers_read_what_people_wrote_back_without_who_and_without_their_data(
    database: Database, clock: SetClock
) -> None:
    campaign_id = await under_way(database, clock)
    await settle(database, clock, campaign_id, ["p0", "p1", "p2"], "sent")
    await settle(database, clock, campaign_id, ["p3"], "failed", "telegram_403_blocked")
    clock.advance(hours=1)
    await write(database, clock, "p0", "toi muon hoc may, goi 0912345678")
    await write(database, clock, "p1", "2")
    await write(database, clock, "p3", "chua nhan duoc")
    clock.advance(days=4)
    await write(database, clock, "p2", "chuyen khac")
    async with database.transaction() as connection:
        campaign = await get_campaign(connection, campaign_id)
        assert campaign is not None
        (reply,) = await replies(connection, campaign)
    assert "hoc may" in reply.words and "0912345678" not in reply.words


def test_small_numbers_are_hidden_and_do_not_follow_from_the_total() -> None:
    assert hide_small({"a": 100, "b": 50}) == {"a": 100, "b": 50}
    assert hide_small({"a": 100, "b": 50, "c": 3}) == {"a": 100, "b": None, "c": None}
    assert hide_small({"a": 100, "b": 2, "c": 3}) == {"a": 100, "b": None, "c": None}
    assert hide_small({"a": 100, "none": 0}) == {"a": 100, "none": 0}


def test_the_intervals_are_those_of_newcombes_paper() -> None:
    # Newcombe 1998, table II, method 10: 56/70 less 48/80 is 0.0524 to 0.3339; 9/10 less 3/10 is 0.1705 to 0.8090.
    first = compare((48, 80), (56, 70))
    assert (round(first.low, 4), round(first.high, 4)) == (0.0524, 0.3339)
    second = compare((3, 10), (9, 10))
    assert (round(second.low, 4), round(second.high, 4)) == (0.1705, 0.8090)
    assert second.verdict == "too_few"
    assert first.verdict == "b_better"


def test_no_clicks_at_all_still_have_an_interval() -> None:
    none = share(0, 50)
    assert none.low == 0 and 0.05 < none.high < 0.09
    assert compare((0, 50), (0, 50)).verdict == "no_difference_seen"
    assert compare((20, 50), (2, 50)).verdict == "a_better"


async def test_a_poll_counts_one_vote_for_each_person_and_only_of_those_it_reached(
    database: Database, clock: SetClock
) -> None:
    campaign_id = await under_way(database, clock, "hoi-y-kien-hoc-nghe", people=12)
    await settle(database, clock, campaign_id, [f"p{n}" for n in range(12)], "delivered")
    await person(database, clock.now(), "stranger")
    async with database.transaction() as connection:
        campaign = await get_campaign(connection, campaign_id)
        assert campaign is not None
        chats = (
            await connection.execute(text("select id, address from conversation where channel = 'telegram'"))
        ).all()
        for chat, address in chats:
            poll = await poll_of(connection, campaign.code, conversation_id=chat)
            assert poll is not None
            option = 1 if address in ("p0", "p1", "p2", "p3", "p4", "p5", "stranger") else 2
            for chosen in (3, option):
                await store_answer(
                    connection,
                    campaign_id=campaign_id,
                    conversation_id=chat,
                    question=1,
                    option=chosen,
                    now=clock.now(),
                )
        first, second = await poll_results(connection, campaign, "vi")
    assert [number for _, number in first.answers] == [6, 6, 0, 0]
    assert [number for _, number in second.answers] == [0, 0, 0]


async def test_a_campaign_without_a_poll_says_so(database: Database, clock: SetClock) -> None:
    campaign_id = await under_way(database, clock)
    async with database.transaction() as connection:
        campaign = await get_campaign(connection, campaign_id)
        assert campaign is not None
        with pytest.raises(Refused, match="no_poll"):
            await poll_results(connection, campaign, "vi")


async def test_the_sheet_has_a_row_for_each_recipient_with_its_reason(database: Database, clock: SetClock) -> None:
    campaign_id = await under_way(database, clock)
    await settle(database, clock, campaign_id, ["p7"], "failed", "telegram_403_blocked")
    async with database.transaction() as connection:
        campaign = await get_campaign(connection, campaign_id)
        assert campaign is not None
        catalogue = catalogue_for("vi")
        csv = (await recipients_sheet(connection, campaign, catalogue, ending="csv")).decode("utf-8-sig")
        xlsx = await recipients_sheet(connection, campaign, catalogue, ending="xlsx")
    assert len(csv.splitlines()) == 9 and "telegram_403_blocked" in csv
    assert load_workbook(io.BytesIO(xlsx)).worksheets[0].max_row == 9


async def receiving(answers: list[int]) -> tuple[web.AppRunner, str, list[tuple[str, bytes]]]:
    """An organisation's system that answers with these statuses in turn."""
    got: list[tuple[str, bytes]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.headers["Chungtay-Signature"], await request.read()))
        return web.Response(status=answers.pop(0) if answers else 200)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/hook", got


async def test_results_are_told_signed_once_and_again_after_a_refusal(database: Database, clock: SetClock) -> None:
    runner, url, got = await receiving([500, 200])
    actor = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        number, secret = await register_webhook(connection, clock, actor, url=url, events=[], allow_private=True)
    await under_way(database, clock)
    assert await announce_results(database, clock) == 1
    assert await announce_results(database, clock) == 0
    caller = WebhookCaller(database, clock, allow_private=True)
    assert await caller.call_due() == 1
    assert await caller.call_due() == 0
    clock.at += BACK_OFF[0]
    assert await caller.call_due() == 1
    clock.at += timedelta(days=2)
    assert await caller.call_due() == 0
    await runner.cleanup()
    assert len(got) == 2
    signature, body = got[-1]
    seconds = signature.split(",")[0].removeprefix("t=")
    expected = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert signature.endswith(f"v1={expected}") and b'"run.started"' in body
    async with database.transaction() as connection:
        (record,) = await calls_of(connection, number)
    assert (record.state, record.attempts, record.last_result) == ("delivered", 2, "200")


async def test_a_webhook_that_never_answers_is_given_up_after_its_last_try(database: Database, clock: SetClock) -> None:
    runner, url, got = await receiving([500] * 20)
    actor = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        number, _ = await register_webhook(connection, clock, actor, url=url, events=[], allow_private=True)
    await under_way(database, clock)
    await announce_results(database, clock)
    caller = WebhookCaller(database, clock, allow_private=True)
    for _ in range(10):
        await caller.call_due()
        clock.advance(days=2)
    await runner.cleanup()
    async with database.transaction() as connection:
        (record,) = await calls_of(connection, number)
    assert record.state == "given_up" and len(got) == len(BACK_OFF) + 1


async def test_no_private_address_is_called(database: Database, clock: SetClock) -> None:
    runner, url, got = await receiving([])
    actor = await staff(database, clock, "hoa")
    async with database.transaction() as connection:
        with pytest.raises(Refused, match="webhook_address"):
            await register_webhook(connection, clock, actor, url=url, events=[])
        number, _ = await register_webhook(connection, clock, actor, url=url, events=[], allow_private=True)
    await under_way(database, clock)
    await announce_results(database, clock)
    await WebhookCaller(database, clock).call_due()
    await runner.cleanup()
    async with database.transaction() as connection:
        (record,) = await calls_of(connection, number)
    assert got == [] and record.last_result == "PrivateAddress"
