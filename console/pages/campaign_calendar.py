"""What leaves when, over all organisations, and which two would reach the same people on one day."""

from datetime import date, datetime, time, timedelta
from itertools import groupby

from nicegui import ui

from console.campaigns.actions import READERS
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.visit import Visit
from console.shell.words import items, paragraph, span
from scheduler.clashes import Clash, calendar_with_clashes
from store.campaign_states import OCCURRENCE_LABELS
from store.clock import LOCAL_ZONE, local_date
from store.queries.occurrences import CalendarEntry
from store.queries.staff import organisations

#: Four weeks on a page.
DAYS = 28


@page("/calendar", name="calendar", roles=READERS, group=Group.REACH, icon="calendar_month", position=20)
async def calendar(visit: Visit, begin: date | None = None) -> None:
    """Show four weeks."""
    first = begin or visit.today
    start = datetime.combine(first, time(), LOCAL_ZONE)
    async with visit.reading() as connection:
        found = await calendar_with_clashes(connection, start, start + timedelta(days=DAYS))
        names = {
            one.code: one.name_in_english if visit.catalogue.language.code == "en" else one.name
            for one in await organisations(connection)
        }
    with ui.element("div").classes("ct-row"):
        for step, key in ((-DAYS, "earlier"), (DAYS, "later")):
            day = first + timedelta(days=step)
            ui.link(visit.t(f"console.calendar.{key}"), f"/calendar?begin={day.isoformat()}")
    if not found.entries:
        empty(visit.t("console.calendar.nothing"))
        return
    by_id = {one.occurrence_id: one for one in found.entries}
    if found.clashes:
        with section(visit.t("console.calendar.clashes")):
            paragraph(visit.t("console.calendar.clashes_how"))
            items([_clash(visit, clash, by_id) for clash in found.clashes])
    for day, entries in groupby(found.entries, key=lambda one: local_date(one.due_at)):
        with section(visit.t(f"console.weekday.{day:%a}".lower()) + ", " + visit.catalogue.date(day)):
            for one in entries:
                _entry(visit, one, names)


def _entry(visit: Visit, one: CalendarEntry, names: dict[str, str]) -> None:
    language = visit.catalogue.language.code
    with ui.element("div").classes("ct-row"):
        span(f"{one.due_at.astimezone(LOCAL_ZONE):%H:%M}").classes("ct-label")
        if visit.actor.everywhere or one.organisation == visit.actor.organisation:
            ui.link(one.title, f"/campaigns/{one.campaign_id}")
        else:
            span(one.title)
        span(names.get(one.organisation, one.organisation)).classes("ct-muted")
        span(OCCURRENCE_LABELS[one.state][language]).classes("ct-state")
        if one.recipients is not None:
            span(visit.t("console.calendar.people", number=visit.catalogue.number(one.recipients))).classes("ct-muted")


def _clash(visit: Visit, clash: Clash, by_id: dict[int, CalendarEntry]) -> str:
    first, second = by_id[clash.first], by_id[clash.second]
    shared = visit.t("console.calendar.perhaps") if clash.shared is None else visit.catalogue.number(clash.shared)
    return visit.t(
        "console.calendar.clash",
        first=first.title,
        second=second.title,
        day=visit.catalogue.date(local_date(first.due_at)),
        shared=shared,
    )
