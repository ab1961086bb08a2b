"""One campaign: where it stands, what it will say to whom, and each next step up to its results."""

from collections.abc import Sequence

from nicegui import ui

from console.campaigns.actions import APPROVE, READERS, STEER, WRITE
from console.campaigns.approving import draw_approvals, draw_approving
from console.campaigns.breakdown import draw_summary
from console.campaigns.phone import phone
from console.campaigns.results import draw_results
from console.campaigns.running import draw_running
from console.pages.campaigns import state_mark
from console.shell.ask import ask_reason
from console.shell.frame import section, title
from console.shell.registry import page
from console.shell.visit import Visit
from console.shell.words import items, paragraph, span
from scheduler.actors import Refused
from scheduler.approval import submit_campaign
from scheduler.campaigns import cancel_campaign, content_of, own_campaign
from scheduler.contact_lists import add_simulated
from scheduler.preview import Sample, Words, frozen_samples, preview_campaign, preview_words
from scheduler.trials import send_test
from store.campaign_states import ApprovalState, CampaignState
from store.queries.approvals import Approval, approvals_of
from store.queries.campaigns import StoredCampaign, versions_of
from store.queries.contact_lists import StoredList, lists_of
from store.queries.occurrences import occurrences_of
from store.queries.staff import all_staff

OPEN = (CampaignState.DRAFT, CampaignState.SUBMITTED)


@page("/campaigns/{campaign_id}", name="campaign", roles=READERS, example={"campaign_id": 1})
async def campaign(visit: Visit, campaign_id: int) -> None:
    """Show one campaign."""
    async with visit.reading() as connection:
        found = await own_campaign(connection, visit.actor, campaign_id)
        approvals = await approvals_of(connection, campaign_id)
        occurrences = await occurrences_of(connection, campaign_id)
        versions = await versions_of(connection, campaign_id)
        lists = await lists_of(connection, found.organisation)
        names = {one.id: one.name for one in await all_staff(connection)}
        seen = await preview_words(connection, visit.parts.desk, found) if found.state in OPEN else None
        request = next((one for one in approvals if one.state is ApprovalState.OPEN), None)
        frozen = (
            await frozen_samples(connection, request, content_of(found), seen.rendering)
            if request is not None and seen is not None
            else ()
        )
    title(visit, found.title)
    with ui.element("div").classes("ct-row"):
        state_mark(visit, found)
        english = visit.catalogue.language.code == "en"
        span(found.organisation_name_en if english else found.organisation_name)
        span(visit.t("console.campaign.code", code=found.code)).classes("ct-muted")
    paragraph(_next_step(visit, found, request, seen)).classes("ct-notice")
    _main_buttons(visit, found)
    if seen is not None:
        if request is not None:
            draw_approving(visit, found, request, seen, names)
            with section(visit.t("console.campaign.leaves_like_this")):
                _words(visit, seen)
                _phones(visit, frozen)
        else:
            _preview(visit, found, seen)
            if visit.may_somewhere(WRITE):
                _testing(visit, found, lists, seen)
    if occurrences:
        await draw_running(visit, found)
        await draw_results(visit, found)
    draw_approvals(visit, approvals, names)
    with ui.expansion(visit.t("console.campaign.versions")).classes("full-width"):
        items(
            [
                visit.t(
                    "console.campaign.version_by",
                    number=one.version,
                    name=names.get(one.written_by, "?"),
                    at=visit.moment(one.written_at),
                )
                for one in reversed(versions)
            ]
        )


def _next_step(visit: Visit, found: StoredCampaign, request: Approval | None, seen: Words | None) -> str:
    if found.state is CampaignState.DRAFT and seen is not None:
        if seen.complaints:
            return visit.t("console.campaign.next.mend")
        step = "test" if seen.tested_at is None else "submit"
        return visit.t(f"console.campaign.next.{step}")
    if request is not None:
        own = request.requested_by == visit.staff.id or not visit.may_somewhere(APPROVE)
        return visit.t(f"console.campaign.next.{'wait' if own else 'approve'}")
    step = "paused" if found.state is CampaignState.APPROVED and found.paused_at is not None else found.state.value
    return visit.t(f"console.campaign.next.{step}")


def _main_buttons(visit: Visit, found: StoredCampaign) -> None:
    over = found.state in (CampaignState.CANCELLED, CampaignState.CLOSED)

    async def cancel(reason: str) -> None:
        async with visit.acting_somewhere(STEER) as acting:
            await cancel_campaign(acting.connection, visit.parts.desk, acting.actor, found.id, reason=reason)
        ui.navigate.reload()

    with ui.element("div").classes("ct-row"):
        if visit.may_somewhere(WRITE) and not over:
            ui.link(visit.t("console.campaign.edit"), f"/campaigns/{found.id}/edit").classes("ct-button")
            if found.state is CampaignState.APPROVED:
                span(visit.t("console.campaign.edit_voids")).classes("ct-small ct-muted")
        if visit.may_somewhere(STEER) and not over:
            ui.button(
                visit.t("console.campaign.cancel"),
                on_click=lambda: ask_reason(visit, visit.t("console.campaign.cancel_sure"), cancel),
            ).props("flat color=negative")


def _preview(visit: Visit, found: StoredCampaign, seen: Words) -> None:
    """Draw the words at once, and the people when they are counted: of a hundred thousand that takes seconds."""
    with section(visit.t("console.campaign.leaves_like_this")):
        _words(visit, seen)
        counted = ui.element("div").classes("ct-two").props('role="status"')
        with counted:
            paragraph(visit.t("console.campaign.counting")).classes("ct-muted")

        async def count() -> None:
            async with visit.reading(by_itself=True) as connection:
                whole = await preview_campaign(connection, visit.parts.desk, found)
            counted.clear()
            with counted:
                with ui.element("div"):
                    draw_summary(visit, whole.breakdown.summary())
                _phones(visit, whole.samples)

        ui.timer(0.1, count, once=True)


def _words(visit: Visit, seen: Words) -> None:
    due = visit.t("console.campaign.due", at=visit.moment(seen.due_at))
    if seen.opens_at is not None and seen.opens_at > seen.due_at:
        due = visit.t("console.campaign.due_later", at=visit.moment(seen.opens_at), due=visit.moment(seen.due_at))
    items([due, visit.t("console.campaign.tested", at=visit.moment(seen.tested_at))])
    if seen.complaints:
        with ui.element("div").classes("ct-warning"):
            items([one.text(visit.catalogue) for one in seen.complaints])


def _phones(visit: Visit, samples: Sequence[Sample]) -> None:
    with ui.element("div").classes("ct-phones"):
        for sample in samples:
            phone(visit, sample.message, channel=sample.channel, variant=sample.variant)


def _testing(visit: Visit, found: StoredCampaign, lists: list[StoredList], seen: Words) -> None:
    guests = [one.name for one in lists if one.kind == "guests"]
    desk = visit.parts.desk

    async def test(name: str | None) -> None:
        if not name:
            raise Refused("no_guests", list="–")
        async with visit.acting_somewhere(WRITE) as acting:
            await send_test(acting.connection, desk, acting.actor, found.id, guests=name)
        ui.navigate.reload()

    async def simulate() -> None:
        async with visit.acting_somewhere(WRITE) as acting:
            name = visit.t("console.campaign.simulated_guests")
            await add_simulated(acting.connection, acting.actor, name=name, now=acting.now)
        ui.navigate.reload()

    async def submit(emergency: str | None = None) -> None:
        async with visit.acting_somewhere(WRITE) as acting:
            await submit_campaign(acting.connection, desk, acting.actor, found.id, emergency_reason=emergency)
        ui.navigate.reload()

    with section(visit.t("console.campaign.try_out")):
        paragraph(visit.t("console.campaign.try_how"))
        with ui.element("div").classes("ct-row"):
            if guests:
                chosen = ui.select(guests, label=visit.t("console.campaign.guests"), value=guests[0])
                chosen.props("outlined dense").classes("ct-narrow")
                ui.button(visit.t("console.campaign.send_test"), on_click=lambda: test(chosen.value)).props("outline")
            else:
                ui.button(visit.t("console.campaign.make_guests"), on_click=simulate).props("outline")
            ui.link(visit.t("console.page.contact_lists"), "/contact-lists")
        with ui.element("div").classes("ct-row"):
            button = ui.button(visit.t("console.campaign.submit"), on_click=lambda: submit())
            if seen.tested_at is None or seen.complaints:
                button.disable()
            else:
                ui.button(
                    visit.t("console.campaign.submit_urgent"),
                    on_click=lambda: ask_reason(visit, visit.t("console.campaign.urgent_how"), submit),
                ).props("flat color=negative")
