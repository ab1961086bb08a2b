"""What a campaign brought: who was reached, what they did, what they wrote back, and what villages get."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui

from console.campaigns.actions import EXPORT, WRITE
from console.shell.charts import bars
from console.shell.frame import section
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import heading, items, paragraph
from content.place_units import load_places
from scheduler.campaigns import content_of
from scheduler.comparison import Comparison, Share
from scheduler.journal import note
from scheduler.relay_pack import MEDIA, make_relays, relay_pack
from scheduler.reports import (
    PollResult,
    Reply,
    Report,
    compare_versions,
    poll_results,
    recipients_sheet,
    replies,
    report_campaign,
)
from store.queries.campaigns import StoredCampaign
from store.queries.relays import relays_of
from store.small_numbers import SMALLEST_SHOWN
from store.staff_roles import Role

_MOST_REPLIES = 30


async def draw_results(visit: Visit, campaign: StoredCampaign) -> None:
    """Draw results, replies and the pack for villages. Counting what a million people did takes seconds."""
    with section(visit.t("console.campaign.results")):
        counted = ui.element("div").props('role="status"')
        with counted:
            paragraph(visit.t("console.campaign.counting_results")).classes("ct-muted")
        _exports(visit, campaign)

    async def count() -> None:
        counts = await _count(visit, campaign)
        counted.clear()
        with counted:
            _draw_counts(visit, counts)

    ui.timer(0.1, count, once=True)
    await _relays(visit, campaign)


@dataclass(frozen=True)
class _Counts:
    report: Report
    compared: Comparison | None
    polled: Sequence[PollResult]
    wrote: Sequence[Reply]


async def _count(visit: Visit, campaign: StoredCampaign) -> _Counts:
    content = content_of(campaign)
    # Auditors read everything but residents' words.
    reads_words = visit.staff.has(Role.CAMPAIGN_AUTHOR, Role.CAMPAIGN_APPROVER)
    async with visit.reading(by_itself=True) as connection:
        return _Counts(
            report=await report_campaign(connection, campaign),
            compared=await compare_versions(connection, campaign) if len(content.texts) > 1 else None,
            polled=await poll_results(connection, campaign, visit.catalogue.language.code) if content.poll else (),
            wrote=await replies(connection, campaign, limit=_MOST_REPLIES) if reads_words else (),
        )


def _draw_counts(visit: Visit, counts: _Counts) -> None:
    report, number = counts.report, visit.catalogue.number
    with ui.element("div").classes("ct-grid"):
        for name in ("arrived", "clicked", "replied", "handed_over", "opted_out"):
            with ui.element("div").classes("ct-figure"):
                with ui.element("b"):
                    ui.label(number(getattr(report, name)))
                ui.label(visit.t(f"console.campaign.{name}"))
    if report.by_commune:
        bars(
            visit,
            visit.t("console.campaign.by_commune"),
            {name or visit.t("console.campaign.no_place"): count or 0 for name, count in report.by_commune.items()},
        )
    if any(count is None for count in report.by_commune.values()):
        paragraph(visit.t("console.campaign.small_hidden", number=SMALLEST_SHOWN)).classes("ct-muted ct-small")
    if counts.compared is not None:
        heading(visit.t("console.campaign.compared"))
        paragraph(visit.t(f"console.campaign.verdict.{counts.compared.verdict}"))
        items([_share(visit, "A", counts.compared.a), _share(visit, "B", counts.compared.b)])
    for question in counts.polled:
        bars(visit, question.question, {words: count or 0 for words, count in question.answers})
    if counts.wrote:
        heading(visit.t("console.campaign.replies"))
        items([f"{visit.catalogue.date(one.day)}: {one.words}" for one in counts.wrote])


def _share(visit: Visit, version: str, share: Share) -> str:
    return visit.t(
        "console.campaign.share",
        version=version,
        number=visit.catalogue.number(share.number),
        of=visit.catalogue.number(share.of),
        low=visit.catalogue.percent(round(100 * share.low, 1)),
        high=visit.catalogue.percent(round(100 * share.high, 1)),
    )


def _exports(visit: Visit, campaign: StoredCampaign) -> None:
    async def sheet() -> None:
        async with visit.acting_somewhere(EXPORT) as acting:
            await note(acting.connection, by=acting.staff.id, action="exported", campaign=campaign.id, now=acting.now)
            data = await recipients_sheet(acting.connection, campaign, visit.catalogue, ending="xlsx")
        ui.download.content(data, f"{campaign.code}.xlsx")

    if visit.may_somewhere(EXPORT):
        ui.button(visit.t("console.campaign.export"), icon="download", on_click=sheet).props("outline")


async def _relays(visit: Visit, campaign: StoredCampaign) -> None:
    async with visit.reading() as connection:
        relays = await relays_of(connection, campaign.id)
    places = load_places().units

    async def pack() -> None:
        async with visit.reading() as connection:
            made = await relay_pack(connection, visit.parts.desk, visit.actor, campaign.id)
        ui.download.content(made.as_zip(), f"{campaign.code}.zip")

    async def add() -> None:
        async with visit.acting_somewhere(WRITE) as acting:
            await make_relays(
                acting.connection,
                visit.parts.desk,
                acting.actor,
                campaign.id,
                places=[(str(commune.value or ""), str(village.value or ""))],
                media=(str(medium.value),),
            )
        ui.navigate.reload()

    with section(visit.t("console.campaign.villages")):
        paragraph(visit.t("console.campaign.villages_how"))
        ui.button(visit.t("console.campaign.pack"), icon="download", on_click=pack).props("outline")
        if relays:
            table(
                relays,
                Column(visit.t("console.campaign.village"), lambda one: f"{one.village}, {places[one.commune].name}"),
                Column(
                    visit.t("console.campaign.medium"), lambda one: visit.t(f"console.campaign.medium.{one.medium}")
                ),
                Column(visit.t("console.campaign.confirmed"), lambda one: visit.moment(one.confirmed_at)),
                Column(visit.t("console.campaign.link"), lambda one: f"/da-phat/{one.code}"),
            )
        if visit.may_somewhere(WRITE):
            with ui.element("div").classes("ct-row"):
                names = {code: unit.name for code, unit in places.items()}
                commune = ui.select(names, label=visit.t("console.campaign.commune"), with_input=True)
                commune.props("outlined dense").classes("ct-narrow")
                village = ui.input(visit.t("console.campaign.village")).props("outlined dense maxlength=120")
                media = {one: visit.t(f"console.campaign.medium.{one}") for one in MEDIA}
                medium = ui.select(media, label=visit.t("console.campaign.medium"), value=MEDIA[0])
                medium.props("outlined dense")
                ui.button(visit.t("console.campaign.add_relay"), on_click=add).props("flat")
