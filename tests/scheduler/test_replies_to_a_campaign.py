"""What people write back to a campaign: answered, or read by an officer, and counted; through the running system."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio
from sqlalchemy import text

from bot.helpdesk.campaign_replies import with_ticket
from bot.helpdesk.work import resolve
from content.campaigns import CampaignContent
from scheduler.reports import Report, replies, report_campaign
from server.runtime import Runtime
from store.queries.campaign_replies import about_campaign
from store.queries.campaigns import StoredCampaign
from store.queries.leases import LeasedConversation, WaitingMessage
from store.queries.staff import Staff, disable_staff
from store.queries.tickets import EVERYTHING, TicketRow, list_tickets
from store.ticket_states import TicketReason, TicketState
from tests.bot.helpdesk.desk import officer
from tests.scheduler.drafts import content
from tests.scheduler.leaving import agreed, said, sent

#: Words that the bot understands nothing of.
NONSENSE = "xqz wvj kpf zzt"


@pytest_asyncio.fixture
async def lan(system: Runtime) -> AsyncIterator[Staff]:
    """An officer of the Front for the whole province; gone again afterwards."""
    staff = await officer(system.database, system.clock, organisation="mttq")
    yield staff
    async with system.database.transaction() as connection:
        await disable_staff(connection, staff_id=staff.id, now=system.clock.now())


def news(topic: str, **changes: Any) -> CampaignContent:
    """A campaign in the web chat, to those who agreed to a topic."""
    audience = {"exclude": {"in_flow": False, "messaged_within_days": 0}, "channels": ["web"]}
    return content(topic=topic, audience=audience, **changes)


async def tickets(system: Runtime, campaign: StoredCampaign) -> list[TicketRow]:
    async with system.database.single() as connection:
        found = await list_tickets(connection, EVERYTHING, states=list(TicketState), reason=TicketReason.CAMPAIGN_REPLY)
    return [one for one in found if one.about == about_campaign(campaign.id)]


async def report(system: Runtime, campaign: StoredCampaign) -> Report:
    async with system.database.transaction() as connection:
        return await report_campaign(connection, campaign)


async def test_what_the_bot_cannot_answer_goes_to_staff_with_the_campaign_and_is_counted(
    system: Runtime, http: httpx.AsyncClient, lan: Staff
) -> None:
    who = [f"campaign-reply-person-{number:04}" for number in range(4)]
    for name in who:
        await agreed(system, http, name, "job_and_work_abroad")
    campaign = await sent(system, news("job_and_work_abroad"))

    answered = await said(http, who[0], text="thẻ bảo hiểm y tế hộ nghèo được hỗ trợ bao nhiêu")
    assert answered["topic"] == "health_insurance" and await tickets(system, campaign) == []
    await said(http, who[1], text="cảm ơn")
    assert await tickets(system, campaign) == []
    handed = await said(http, who[2], text=NONSENSE)
    (ticket,) = await tickets(system, campaign)
    assert f"lời bác trả lời tin “{campaign.title}”" in str(handed["text"]) and ticket.code in str(handed["text"])
    assert (ticket.campaign, ticket.organisation, ticket.topic) == (campaign.title, "mttq", "job_and_work_abroad")
    # A number alone is a choice from a list, not words for anybody.
    await said(http, who[3], text="77")
    # What is written later is said to the bot: its answer stands between.
    assert "Mã yêu cầu" not in str((await said(http, who[0], text=NONSENSE))["text"])
    assert len(await tickets(system, campaign)) == 1

    found = await report(system, campaign)
    assert (found.arrived, found.replied, found.handed_over, found.waiting) == (4, 3, 1, 1)
    async with system.database.transaction() as connection:
        assert NONSENSE in [one.words for one in await replies(connection, campaign)]
        await resolve(connection, lan, ticket.id, now=system.clock.now())
    found = await report(system, campaign)
    assert (found.handed_over, found.waiting) == (1, 0)


async def test_words_about_which_the_bot_asks_back_go_to_staff_too_and_a_typed_number_is_an_offer(
    system: Runtime, http: httpx.AsyncClient, lan: Staff
) -> None:
    name = "campaign-reply-person-0030"
    await agreed(system, http, name, "new_rural_programme")
    campaign = await sent(system, news("new_rural_programme"))
    async with system.database.transaction() as connection:
        found = text("select id from conversation where channel = 'web' and address = :name")
        chat = (await connection.execute(found, {"name": name})).scalar_one()
    conversation = LeasedConversation(chat, "web", name, "vi", "", taken_over=False, introduced=True, first=None)
    message = WaitingMessage(0, "cái đó", None, {}, system.clock.now(), 0)
    asked = {"custom": {"key": "did_you_mean", "offers": []}}
    told, last = await with_ticket(system.database, conversation, message, [asked], now=system.clock.now())
    (ticket,) = await tickets(system, campaign)
    assert told["custom"]["code"] == ticket.code and last == asked


async def test_a_campaign_may_leave_all_its_replies_to_staff(
    system: Runtime, http: httpx.AsyncClient, lan: Staff
) -> None:
    name, thankful = "campaign-reply-person-0010", "campaign-reply-person-0011"
    for one in (name, thankful):
        await agreed(system, http, one, "ethnic_minority_policy")
    campaign = await sent(system, news("ethnic_minority_policy", replies="staff"))
    answer = await http.post(
        "/api/chat/messages", json={"conversation": name, "text": "thẻ bảo hiểm y tế hộ nghèo được hỗ trợ bao nhiêu"}
    )
    bot, handed = answer.json()["messages"]
    assert bot["topic"] == "health_insurance", "what the bot knows it says at once"
    assert campaign.title in handed["text"]
    await said(http, thankful, text="cảm ơn")
    (ticket,) = await tickets(system, campaign)
    assert ticket.code in handed["text"]
    stopped = await said(http, thankful, text="tắt tin")
    assert "Đã tắt tin" in str(stopped["text"]) and len(await tickets(system, campaign)) == 1


async def test_where_nobody_is_at_the_desk_nobody_is_promised_an_answer(
    system: Runtime, http: httpx.AsyncClient, lan: Staff
) -> None:
    name = "campaign-reply-person-0020"
    await agreed(system, http, name, "document_certificate")
    campaign = await sent(system, news("document_certificate", replies="staff"))
    async with system.database.transaction() as connection:
        await connection.exec_driver_sql(
            "update staff_account set disabled_at = now() where disabled_at is null and id in "
            "(select staff_id from staff_duty where role = 'help_desk_officer')"
        )
    assert "Mã yêu cầu" not in str((await said(http, name, text=NONSENSE))["text"])
    assert await tickets(system, campaign) == []
