"""A campaign through the running system: planned, frozen, sent, shown in the chat, answered by button and by number."""

import asyncio

import httpx
from sqlalchemy import text

from bot.receipt_codes import new_receipt_code
from content.campaigns import CampaignContent
from scheduler.reports import poll_results, report_campaign
from server.runtime import Runtime
from server.settings import Settings
from store.database import Database
from store.queries.campaigns import get_campaign
from tests.patience import PATIENCE_SECONDS
from tests.scheduler.leaving import agreed, said, sent


def poll(topic: str) -> CampaignContent:
    return CampaignContent.model_validate(
        {
            "purpose": "policy_news",
            "topic": topic,
            "texts": {"A": {"words": {"vi": "Xin hỏi ý kiến bà con."}}},
            "audience": {"exclude": {"in_flow": False, "messaged_within_days": 0}, "channels": ["web"]},
            "poll": [
                {"words": {"vi": "Muốn học nghề gì?"}, "options": [{"vi": "May"}, {"vi": "Điện"}]},
                {"words": {"vi": "Học lúc nào?"}, "options": [{"vi": "Ban ngày"}, {"vi": "Buổi tối"}]},
            ],
        }
    )


async def test_a_poll_reaches_the_chat_and_is_answered_by_button_and_by_number(
    system: Runtime, http: httpx.AsyncClient
) -> None:
    for number in range(6):
        await agreed(system, http, f"campaign-poll-person-{number:04}", "legal_aid")
    made = await sent(system, poll("legal_aid"))
    shown = await http.get("/api/chat/messages", params={"conversation": "campaign-poll-person-0000"})
    assert "Muốn học nghề gì?" in shown.text and made.code in shown.text
    following = await said(http, "campaign-poll-person-0000", payload=f'/poll{{"answer":"{made.code}-1-1"}}')
    assert following["text"] == "Câu 2/2: Học lúc nào?"
    thanks = await said(http, "campaign-poll-person-0000", text="2")
    assert "Cảm ơn bác đã trả lời" in str(thanks["text"])
    for number in range(1, 6):
        await said(http, f"campaign-poll-person-{number:04}", text="1")
    async with system.database.transaction() as connection:
        campaign = await get_campaign(connection, made.id)
        assert campaign is not None
        first, second = await poll_results(connection, campaign, "vi")
        report = await report_campaign(connection, campaign)
    assert first.answers == (("May", 6), ("Điện", 0))
    # One person chose this: too few to be shown.
    assert second.answers == (("Ban ngày", 0), ("Buổi tối", None))
    assert (report.arrived, report.clicked) == (6, 6)
    genuine = await said(http, "campaign-poll-person-0000", text=made.code.lower())
    assert made.title in str(genuine["text"]) and "đã gửi tin" in str(genuine["text"])


async def test_a_poll_of_a_campaign_that_nobody_knows_is_over(system: Runtime, http: httpx.AsyncClient) -> None:
    answer = await said(http, "campaign-nobody-0001", payload=f'/poll{{"answer":"{new_receipt_code()}-1-1"}}')
    assert "đã khép lại" in str(answer["text"])


async def test_a_stop_word_after_a_campaign_ends_its_topic_at_once_and_can_be_undone(
    system: Runtime, http: httpx.AsyncClient
) -> None:
    name = "campaign-stop-person-0001"
    await agreed(system, http, name, "electricity_support")
    await sent(system, poll("electricity_support").model_copy(update={"poll": ()}))
    stopped = await said(http, name, text="dung")
    assert "Đã tắt tin về:" in str(stopped["text"])
    assert await newest(system, name) == ("electricity_support", False, "")
    await said(http, name, text="1")
    topic, given, words = await newest(system, name)
    assert (topic, given) == ("electricity_support", True) and words in str(stopped["text"])
    # Now no campaign is the last message: the word belongs to whatever is talked about.
    await said(http, name, text="dung")
    assert (await newest(system, name))[1] is True
    await said(http, name, text="TẮT TIN")
    assert await newest(system, name) == ("", False, "")


async def test_another_system_in_this_process_leaves_the_clock_alone(
    system: Runtime, http: httpx.AsyncClient, database: Database
) -> None:
    await agreed(system, http, "campaign-two-clocks-0001", "credit_loan")
    async with Runtime(Settings(), ("scheduler",), database.url).running(), asyncio.timeout(PATIENCE_SECONDS):
        holds_clock = text("select to_regclass('apscheduler_job')")
        while True:
            async with database.transaction() as connection:
                if (await connection.execute(holds_clock)).scalar_one() is not None:
                    break
            await asyncio.sleep(0.1)
    await sent(system, poll("credit_loan").model_copy(update={"poll": ()}))


async def newest(system: Runtime, name: str) -> tuple[str, bool, str]:
    """What somebody said last about news."""
    async with system.database.transaction() as connection:
        found = text(
            "select subject, given, text from consent where person_id = "
            "(select person_id from conversation where address = :name) and purpose = 'news' order by id desc limit 1"
        )
        row = (await connection.execute(found, {"name": name})).one()
        return row[0], row[1], row[2]
