"""People who wrote to us: finding them, as far as one's communes go."""

from nicegui import ui

from console.campaigns.phone import channel_name
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import paragraph, span
from content.place_units import load_places
from scheduler.rendering import TEXT_CHANNELS
from store.queries.people_search import FoundPerson, find_people
from store.staff_roles import Role

PER_PAGE = 50
ROLES = (Role.ADMINISTRATOR, Role.HELP_DESK_OFFICER, Role.AUDITOR)


@page("/people", name="people", roles=ROLES, group=Group.PEOPLE, icon="groups", position=10)
async def people(visit: Visit, commune: str = "", channel: str = "", phone: str = "", before: int = 0) -> None:
    """List people, newest first. Nobody is listed by name: no name is ever asked for."""
    areas = visit.areas_of(*ROLES)
    digits = "".join(letter for letter in phone if letter.isdigit())
    async with visit.reading() as connection:
        found = await find_people(
            connection,
            areas=areas,
            commune=commune or None,
            channel=channel or None,
            phone=digits or None,
            before=before or None,
            limit=PER_PAGE,
        )

    def again(**changed: object) -> None:
        chosen = {"commune": commune, "channel": channel, "phone": phone, **changed}
        ui.navigate.to("/people?" + "&".join(f"{name}={value}" for name, value in chosen.items() if value))

    units = {code: unit.name for code, unit in load_places().units.items() if areas is None or code in areas}
    everything = visit.t("console.audit.everything")
    with ui.element("div").classes("ct-row"):
        ui.select(
            {"": everything, **units},
            label=visit.t("console.campaign.communes"),
            value=commune if commune in units else "",
            with_input=True,
            on_change=lambda event: again(commune=event.value),
        ).props("outlined dense").classes("ct-narrow")
        channels = {one: channel_name(visit, one) for one in TEXT_CHANNELS}
        ui.select(
            {"": everything, **channels},
            label=visit.t("console.campaign.channels"),
            value=channel if channel in channels else "",
            on_change=lambda event: again(channel=event.value),
        ).props("outlined dense").classes("ct-narrow")
        number = ui.input(visit.t("console.people.phone"), value=phone).props("outlined dense inputmode=tel")
        number.on("keydown.enter", lambda: again(phone=number.value or ""))
    paragraph(visit.t("console.people.how")).classes("ct-muted ct-small")
    with section(visit.t("console.page.people")):
        if not found:
            empty(visit.t("console.people.none"))
            return

        def name(one: FoundPerson) -> None:
            ui.link(visit.t("console.people.number", number=one.id), f"/people/{one.id}")
            if one.demo:
                span(visit.t("console.frame.made_up")).classes("ct-demo-mark")

        table(
            found,
            Column(visit.t("console.people.who"), name),
            Column(visit.t("console.people.commune"), lambda one: units.get(one.commune or "", "–")),
            Column(
                visit.t("console.people.group"),
                lambda one: visit.t(f"group.{one.household_group}") if one.household_group else "–",
            ),
            Column(
                visit.t("console.people.channels"),
                lambda one: ", ".join(channel_name(visit, channel) for channel in one.channels) or "–",
            ),
            Column(visit.t("console.people.last"), lambda one: visit.moment(one.last_message_at)),
        )
        if len(found) == PER_PAGE:
            ui.button(visit.t("console.audit.older"), on_click=lambda: again(before=found[-1].id)).props("flat")
