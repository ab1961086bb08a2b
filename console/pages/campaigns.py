"""All campaigns of the organisation, and a new one from a starter or from nothing."""

from nicegui import ui

from console.campaigns.actions import READERS, WRITE
from console.campaigns.draft import blank
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import paragraph, span
from content.campaigns import load_starters
from content.placeholders import PLACEHOLDER
from scheduler.campaigns import create_campaign, create_from_starter, parse_content
from store.campaign_states import CAMPAIGN_LABELS, CampaignState
from store.queries.campaigns import StoredCampaign, list_campaigns
from store.staff_roles import Role

#: Those that are over; everything else is work.
OVER = (CampaignState.CANCELLED, CampaignState.CLOSED)
_TONE = {CampaignState.SUBMITTED: "warn", CampaignState.APPROVED: "good", CampaignState.CANCELLED: "bad"}


def state_mark(visit: Visit, campaign: StoredCampaign) -> None:
    """Draw where a campaign stands."""
    words = CAMPAIGN_LABELS[campaign.state][visit.catalogue.language.code]
    span(words).classes(f"ct-state {_TONE.get(campaign.state, '')}")
    if campaign.paused_at is not None:
        span(visit.t("console.campaign.paused")).classes("ct-state warn")
    if campaign.demo:
        span(visit.t("console.frame.made_up")).classes("ct-demo-mark")


@page("/campaigns", name="campaigns", roles=READERS, group=Group.REACH, icon="campaign", position=10)
async def campaigns(visit: Visit, archive: bool = False) -> None:
    """List campaigns, newest first."""
    async with visit.reading() as connection:
        found = await list_campaigns(
            connection,
            organisation=None if visit.actor.everywhere else visit.actor.organisation,
            states=OVER if archive else [state for state in CampaignState if state not in OVER],
        )
    with ui.element("div").classes("ct-row"):
        if visit.staff.has(Role.CAMPAIGN_AUTHOR):
            ui.link(visit.t("console.page.new_campaign"), "/campaigns/new").classes("ct-button")
        ui.link(
            visit.t("console.campaigns.current" if archive else "console.campaigns.archive"),
            "/campaigns" + ("" if archive else "?archive=true"),
        )
    with section(visit.t("console.campaigns.archive" if archive else "console.campaigns.current")):
        if not found:
            empty(visit.t("console.campaigns.none"))
            return

        def name(one: StoredCampaign) -> None:
            ui.link(one.title, f"/campaigns/{one.id}")

        english = visit.catalogue.language.code == "en"
        table(
            found,
            Column(visit.t("console.campaign.title"), name),
            Column(visit.t("console.campaigns.state"), lambda one: state_mark(visit, one)),
            Column(
                visit.t("console.campaigns.organisation"),
                lambda one: one.organisation_name_en if english else one.organisation_name,
            ),
            Column(visit.t("console.campaigns.changed"), lambda one: visit.moment(one.updated_at)),
            Column(visit.t("console.campaigns.code"), lambda one: one.code),
        )


@page("/campaigns/new", name="new_campaign", roles=(Role.CAMPAIGN_AUTHOR,))
async def new_campaign(visit: Visit) -> None:
    """Begin from a starter, or from nothing."""

    async def begin(starter: str | None) -> None:
        async with visit.acting_somewhere(WRITE) as acting:
            desk, demo = visit.parts.desk, visit.staff.demo
            if starter is not None:
                made = await create_from_starter(acting.connection, desk, acting.actor, starter, demo=demo)
            else:
                data = blank()
                # Who holds the duty in some communes only begins with those.
                data["audience"]["communes"] = sorted(acting.actor.areas or ())
                made = await create_campaign(
                    acting.connection,
                    desk,
                    acting.actor,
                    title=visit.t("console.campaigns.untitled"),
                    content=parse_content(data),
                    demo=demo,
                )
        ui.navigate.to(f"/campaigns/{made.id}/edit")

    paragraph(visit.t("console.campaigns.begin_how"))
    with ui.element("div").classes("ct-grid"):
        with section(visit.t("console.campaigns.blank"), level=3):
            paragraph(visit.t("console.campaigns.blank_how"))
            ui.button(visit.t("console.campaigns.begin"), on_click=lambda: begin(None))
        for name, starter in load_starters().items():
            with section(starter.title, level=3):
                paragraph(_beginning(starter.content.texts["A"].words["vi"])).classes("ct-muted")
                ui.button(visit.t("console.campaigns.begin"), on_click=lambda _, one=name: begin(one)).props("outline")


def _beginning(words: str) -> str:
    """Return the first line as it reads before its placeholders are filled."""
    return PLACEHOLDER.sub("…", words.splitlines()[0])
