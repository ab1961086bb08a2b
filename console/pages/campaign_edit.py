"""Writing a campaign: the form beside the phones that show it, with a live count of whom it reaches."""

from typing import Any

from nicegui import ui

from console.campaigns.actions import WRITE
from console.campaigns.audience_form import AudienceForm
from console.campaigns.breakdown import draw_summary
from console.campaigns.draft import Draft
from console.campaigns.form import CampaignForm
from console.campaigns.phone import channel_name, phone
from console.shell.frame import section, title
from console.shell.registry import page
from console.shell.visit import Visit
from console.shell.words import items, paragraph, span
from content.campaigns import CampaignContent
from scheduler.actors import Refused
from scheduler.audience import build_audience
from scheduler.campaigns import edit_campaign, own_campaign
from scheduler.preview import due_of
from scheduler.rendering import ANY_CHANNEL, TEXT_CHANNELS, render_campaign
from store.clock import local_date
from store.queries.campaigns import StoredCampaign
from store.queries.contact_lists import lists_of
from store.staff_roles import Role

#: After the last change, in seconds: long enough to go on typing, short enough to look at once.
PREVIEW_AFTER, COUNT_AFTER = 0.5, 1.2
_SAMPLE = 5


@page("/campaigns/{campaign_id}/edit", name="campaign_edit", roles=(Role.CAMPAIGN_AUTHOR,), example={"campaign_id": 1})
async def campaign_edit(visit: Visit, campaign_id: int) -> None:
    """Write a new version of a campaign."""
    async with visit.reading() as connection:
        campaign = await own_campaign(connection, visit.actor, campaign_id)
        lists = await lists_of(connection, campaign.organisation)
    title(visit, campaign.title)
    editor = Editor(visit, campaign)
    with ui.element("div").classes("ct-editor"):
        with ui.element("div"):
            CampaignForm(visit, editor.draft, editor.changed).draw()
            AudienceForm(visit, editor.draft, [one for one in lists if one.kind == "contacts"], editor.changed).draw()
            with ui.element("div").classes("ct-row"):
                ui.button(visit.t("console.campaign.save"), on_click=lambda: editor.save())
                ui.link(visit.t("console.campaign.back"), f"/campaigns/{campaign_id}")
        with ui.element("div").classes("ct-beside"):
            await editor.draw_preview()
            await editor.draw_count()
            editor.count_soon()


class Editor:
    """The draft on the screen, and what is shown of it."""

    def __init__(self, visit: Visit, campaign: StoredCampaign) -> None:
        self._visit = visit
        self._campaign = campaign
        self.draft = Draft.of(campaign)
        self._channels = ["zalo", "web"]
        self._counting = False
        self._preview_timer = ui.timer(PREVIEW_AFTER, self.draw_preview.refresh, once=True, active=False)
        self._count_timer = ui.timer(COUNT_AFTER, self.draw_count.refresh, once=True, active=False)

    def changed(self) -> None:
        """Something was changed: show it soon, and warn whoever leaves without saving."""
        ui.run_javascript("window.onbeforeunload = () => true")
        for timer in (self._preview_timer, self._count_timer):
            timer.cancel()
        self._preview_timer = ui.timer(PREVIEW_AFTER, self.draw_preview.refresh, once=True)
        self._count_timer = ui.timer(COUNT_AFTER, self.draw_count.refresh, once=True)

    async def save(self, *, over: int | None = None) -> None:
        """Save a new version. `over`: the newer version that the person saw and wants to bury."""
        visit = self._visit
        content = self.draft.content()
        try:
            async with visit.acting_somewhere(WRITE) as acting:
                saved = await edit_campaign(
                    acting.connection,
                    visit.parts.desk,
                    acting.actor,
                    self._campaign.id,
                    title=self.draft.title,
                    content=content,
                    seen_version=over or self.draft.version,
                )
        except Refused as refused:
            if refused.key != "changed_meanwhile":
                raise
            self._ask_what_now(refused)
            return
        ui.run_javascript("window.onbeforeunload = null")
        self.draft.version = saved.version
        ui.navigate.to(f"/campaigns/{self._campaign.id}")

    def _ask_what_now(self, refused: Refused) -> None:
        visit, newer = self._visit, int(str(refused.values["version"]))
        with ui.dialog(value=True), ui.card().props('role="alertdialog"'):
            paragraph(refused.text(visit.catalogue))
            with ui.element("div").classes("ct-row"):
                address = f"/campaigns/{self._campaign.id}"
                ui.link(visit.t("console.campaign.see_theirs"), address, new_tab=True)
                ui.button(visit.t("console.campaign.save_over"), on_click=lambda: self.save(over=newer)).props(
                    "outline"
                )

    def _content(self) -> CampaignContent | None:
        try:
            return self.draft.content()
        except Refused as refused:
            with ui.element("div").classes("ct-warning").props('role="status"'):
                paragraph(refused.text(self._visit.catalogue))
            return None

    @ui.refreshable_method
    async def draw_preview(self) -> None:
        """Draw the phones, and what keeps the campaign from being sent."""
        visit = self._visit
        with section(visit.t("console.campaign.preview")):
            names = {one: channel_name(visit, one) for one in TEXT_CHANNELS if one != "terminal"}

            def choose(event: Any) -> None:
                self._channels = list(event.value or [])
                self.draw_preview.refresh()

            ui.select(
                names, label=visit.t("console.campaign.channels"), value=self._channels, multiple=True, on_change=choose
            ).props("outlined dense use-chips").classes("full-width")
            content = self._content()
            if content is None:
                return
            at = max(due_of(content, visit.now) or visit.now, visit.now)
            desk = visit.parts.desk
            rendering = render_campaign(content, desk.stamp(self._campaign), on=local_date(at), library=desk.library)
            if rendering.complaints:
                with ui.element("div").classes("ct-warning").props('role="status"'):
                    span(visit.t("console.campaign.complaints"))
                    items([one.text(visit.catalogue) for one in rendering.complaints])
            else:
                paragraph(visit.t("console.campaign.no_complaints")).classes("ct-good")
            with ui.element("div").classes("ct-phones"):
                for version in content.texts:
                    for language in content.languages:
                        variant = f"{version}.{language}"
                        for channel in self._channels or [ANY_CHANNEL]:
                            message = rendering.messages.get((variant, channel))
                            if message is not None:
                                phone(visit, message, channel=channel, variant=variant)

    def count_soon(self) -> None:
        """Count after the page is there: of a hundred thousand people that takes seconds."""
        self._counting = True
        self._count_timer = ui.timer(0.1, self.draw_count.refresh, once=True)

    @ui.refreshable_method
    async def draw_count(self) -> None:
        """Draw how many people it would reach now, by which way, and some of them."""
        visit = self._visit
        with section(visit.t("console.campaign.reach")):
            content = self._content()
            if content is None:
                return
            if not self._counting:
                paragraph(visit.t("console.campaign.counting")).classes("ct-muted")
                return
            at = max(due_of(content, visit.now) or visit.now, visit.now)
            desk, campaign = visit.parts.desk, self._campaign
            rendering = render_campaign(content, desk.stamp(campaign), on=local_date(at), library=desk.library)
            async with visit.reading(by_itself=True) as connection:
                found = await build_audience(
                    connection,
                    content,
                    rendering,
                    code=campaign.code,
                    organisation=campaign.organisation,
                    channels=desk.channels,
                    at=at,
                    prices=desk.prices,
                    demo=campaign.demo,
                )
            draw_summary(visit, found.summary())
            if found.members:
                span(visit.t("console.campaign.sample")).classes("ct-small ct-muted")
                items([_told(visit, one.way.route.value, one.variant, one.filled) for one in found.members[:_SAMPLE]])


def _told(visit: Visit, route: str, variant: str, filled: Any) -> str:
    values = ", ".join(f"{name}: {value}" for name, value in filled.items())
    return " · ".join(filter(None, [visit.t(f"campaign.route.{route}"), variant.partition(".")[2], values]))
