"""A campaign from draft to approval: what is shown, what is frozen, who may sign, what an edit does."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from content.campaigns import CampaignContent, load_starters
from content.translations import catalogue_for
from scheduler.actors import Actor, NotReady, NotThere, Refused
from scheduler.approval import approve_campaign, refuse_campaign, submit_campaign
from scheduler.campaigns import content_of, create_campaign, create_from_starter, edit_campaign, own_campaign
from scheduler.contact_lists import add_simulated
from scheduler.preview import preview_campaign
from scheduler.trials import send_test
from store.campaign_states import ApprovalState, CampaignState, OccurrenceState
from store.clock import SetClock
from store.database import Database
from store.queries.approvals import approvals_of
from store.queries.audit import audit_entries
from store.queries.campaign_runs import run_progress
from store.queries.occurrences import occurrences_of
from tests.scheduler.drafts import STARTER, approve, seen_by_guests, submitted
from tests.scheduler.people import desk_at, person, staff


async def test_an_approved_campaign_is_in_the_ledger_once_for_each_recipient_and_waits_for_its_time(
    database: Database, clock: SetClock
) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    for number in range(7):
        await person(database, clock.now(), f"p{number}")
    campaign, request = await submitted(database, desk, author)
    await approve(database, desk, second, request)
    async with database.transaction() as connection:
        (planned,) = await occurrences_of(connection, campaign.id)
        assert planned.run_id is not None and planned.state is OccurrenceState.PLANNED
        progress = await run_progress(connection, planned.run_id)
        assert (await own_campaign(connection, author, campaign.id)).state is CampaignState.APPROVED
        said = [entry.action for entry in await audit_entries(connection, subject=f"campaign:{campaign.id}")]
    assert progress.by_state == {"queued": 7}
    assert said == ["campaign.approved", "campaign.submitted", "campaign.tested", "campaign.created"]


async def test_nobody_approves_what_they_wrote_or_submitted(database: Database, clock: SetClock) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p")
    campaign = await seen_by_guests(database, desk, author)
    async with database.transaction() as connection:
        request = await submit_campaign(connection, desk, second, campaign.id)
    for actor in (author, second):
        with pytest.raises(Refused, match="second_person"):
            await approve(database, desk, actor, request)


async def test_somebody_of_another_organisation_neither_sees_nor_approves_it(
    database: Database, clock: SetClock
) -> None:
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    women = await staff(database, clock, "hoa", "phu_nu")
    await person(database, clock.now(), "p")
    campaign, request = await submitted(database, desk, author)
    with pytest.raises(NotThere):
        await approve(database, desk, women, request)
    administrator = Actor(women.id, "phu_nu", everywhere=True)
    async with database.transaction() as connection:
        assert (await own_campaign(connection, administrator, campaign.id)).id == campaign.id
    with pytest.raises(Refused, match="other_organisation"):
        await approve(database, desk, administrator, request)


async def test_an_edit_voids_an_approval_and_cancels_what_was_frozen(database: Database, clock: SetClock) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p")
    campaign, request = await submitted(database, desk, author)
    await approve(database, desk, second, request)
    async with database.transaction() as connection:
        content = content_of(campaign).model_copy(update={"per_hour": 100})
        changed = await edit_campaign(connection, desk, author, campaign.id, title=campaign.title, content=content)
        (approval,) = await approvals_of(connection, campaign.id)
        (occurrence,) = await occurrences_of(connection, campaign.id)
        state = (
            await connection.execute(text("select state from campaign_run where id = :id"), {"id": occurrence.run_id})
        ).scalar_one()
    assert (changed.version, changed.state, approval.state) == (2, CampaignState.DRAFT, ApprovalState.VOID)
    assert (occurrence.state, state) == (OccurrenceState.DISARMED, "cancelled")


async def test_saving_without_a_change_voids_nothing(database: Database, clock: SetClock) -> None:
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    await person(database, clock.now(), "p")
    campaign, request = await submitted(database, desk, author)
    async with database.transaction() as connection:
        await edit_campaign(connection, desk, author, campaign.id, title=campaign.title, content=content_of(campaign))
        (approval,) = await approvals_of(connection, campaign.id)
    assert (approval.id, approval.state) == (request.id, ApprovalState.OPEN)


async def test_an_approver_who_saw_an_older_request_is_told_to_look_again(database: Database, clock: SetClock) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p0")
    campaign, older = await submitted(database, desk, author)
    await person(database, clock.now(), "p1")
    async with database.transaction() as connection:
        newer = await submit_campaign(connection, desk, author, campaign.id)
    assert older.audience != newer.audience and older.rendering == newer.rendering
    with pytest.raises(Refused, match="request_over"):
        await approve(database, desk, second, older)
    async with database.transaction() as connection:
        with pytest.raises(Refused, match="saw_something_else"):
            await approve_campaign(
                connection, desk, second, newer.id, rendering=newer.rendering, audience=older.audience
            )


async def test_whoever_comes_after_the_request_is_not_written_to(database: Database, clock: SetClock) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p0")
    campaign, request = await submitted(database, desk, author)
    await person(database, clock.now(), "p1")
    await approve(database, desk, second, request)
    async with database.transaction() as connection:
        (planned,) = await occurrences_of(connection, campaign.id)
        assert (await run_progress(connection, planned.run_id or 0)).total == 1


async def test_words_that_were_not_tested_are_not_submitted(database: Database, clock: SetClock) -> None:
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    await person(database, clock.now(), "p")
    async with database.transaction() as connection:
        campaign = await create_from_starter(connection, desk, author, STARTER)
        with pytest.raises(Refused, match="not_tested"):
            await submit_campaign(connection, desk, author, campaign.id)


async def test_a_campaign_with_faults_names_each_of_them(database: Database, clock: SetClock) -> None:
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    content = CampaignContent.model_validate(
        {
            "purpose": "policy_news",
            "topic": "credit_loan",
            "texts": {"A": {"words": {"vi": "Vay 50 triệu, gọi {nobody}. Lãi {poverty.line.moon}.", "en": "…"}}},
            "buttons": [{"title": {"vi": "Bấm"}, "payload": "/nowhere"}],
            "sources": ["no-such-document"],
        }
    )
    async with database.transaction() as connection:
        campaign = await create_campaign(connection, desk, author, title="Vay vốn", content=content)
        with pytest.raises(NotReady) as refused:
            await submit_campaign(connection, desk, author, campaign.id)
    said = refused.value.text(catalogue_for("vi"))
    for part in ("{nobody}", "“50”", "{poverty.line.moon}", "/nowhere", "no-such-document", "chưa có lời nào"):
        assert part in said


async def test_a_text_that_a_channel_cannot_take_is_named_with_its_length(database: Database, clock: SetClock) -> None:
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    starter = load_starters()[STARTER].content
    long = starter.model_copy(
        update={"texts": {"A": starter.texts["A"].model_copy(update={"words": {"vi": "a" * 2500}})}}
    )
    async with database.transaction() as connection:
        campaign = await create_campaign(connection, desk, author, title="Dài", content=long)
        complaints = (await preview_campaign(connection, desk, campaign)).complaints
    said = [one.text(catalogue_for("vi")) for one in complaints]
    assert any("trên Zalo, kênh này chỉ nhận tối đa 2000" in one for one in said)
    assert not any("Telegram" in one for one in said)


async def test_a_refused_request_says_why_and_the_campaign_is_a_draft_again(
    database: Database, clock: SetClock
) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p")
    campaign, request = await submitted(database, desk, author)
    async with database.transaction() as connection:
        with pytest.raises(Refused, match="no_reason"):
            await refuse_campaign(connection, desk, second, request.id, reason=" ")
        await refuse_campaign(connection, desk, second, request.id, reason="Thiếu tên xã")
        (refused,) = await approvals_of(connection, campaign.id)
        assert (await own_campaign(connection, author, campaign.id)).state is CampaignState.DRAFT
    assert (refused.state, refused.reason) == (ApprovalState.REFUSED, "Thiếu tên xã")


async def test_an_emergency_needs_a_reason_and_bears_both_signatures(database: Database, clock: SetClock) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p")
    campaign = await seen_by_guests(database, desk, author)
    async with database.transaction() as connection:
        with pytest.raises(Refused, match="no_reason"):
            await submit_campaign(connection, desk, author, campaign.id, emergency_reason="  ")
        request = await submit_campaign(
            connection, desk, author, campaign.id, emergency_reason="Bão sắp vào, phải sơ tán trước khi trời tối"
        )
    await approve(database, desk, second, request)
    async with database.transaction() as connection:
        (planned,) = await occurrences_of(connection, campaign.id)
        run = (
            await connection.execute(
                text("select override_reason, override_by from campaign_run where id = :id"), {"id": planned.run_id}
            )
        ).one()
    assert run.override_reason.startswith("Bão") and list(run.override_by) == [author.id, second.id]


async def test_a_number_of_the_law_that_changes_before_the_approval_has_to_be_looked_at_again(
    database: Database, clock: SetClock
) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    content = CampaignContent.model_validate(
        {
            "purpose": "policy_news",
            "topic": "poverty_standard",
            "texts": {"A": {"words": {"vi": "Chuẩn thu nhập ở nông thôn là {poverty.line.rural.near_max}."}}},
        }
    )
    clock.at = clock.at.replace(month=12, day=31)
    await person(database, clock.now(), "p")
    async with database.transaction() as connection:
        campaign = await create_campaign(connection, desk, author, title="Chuẩn nghèo", content=content)
        await add_simulated(connection, author, name="khách", now=clock.now())
        await send_test(connection, desk, author, campaign.id, guests="khách")
        request = await submit_campaign(connection, desk, author, campaign.id)
    clock.at += timedelta(days=1)
    with pytest.raises(Refused, match="rendering_changed"):
        await approve(database, desk, second, request)
