"""One person: what is known, what they agreed to, where they write; export, erasure and merging on request."""

import orjson
from nicegui import ui

from bot.privacy import erase
from console.access.actions import action
from console.campaigns.phone import channel_name
from console.pages.people import ROLES
from console.shell.ask import ask_sure
from console.shell.frame import section, title
from console.shell.registry import page
from console.shell.table import Column, table
from console.shell.visit import Missing, Told, Visit
from console.shell.words import items, paragraph
from store.queries.consents import ConsentEntry, consent_history
from store.queries.links import merge_people
from store.queries.people import Contact, contact_of, conversations_of
from store.queries.personal_data import export_person
from store.staff_roles import Role

EXPORT = action("person.export", Role.ADMINISTRATOR, Role.HELP_DESK_OFFICER)
ERASE = action("person.erase", Role.ADMINISTRATOR, Role.HELP_DESK_OFFICER)
MERGE = action("person.merge", Role.ADMINISTRATOR)


@page("/people/{person_id}", name="person", roles=ROLES, example={"person_id": 1})
async def person(visit: Visit, person_id: int) -> None:
    """Show one person, if they live where the reader's duty reaches."""
    async with visit.reading() as connection:
        found = await contact_of(connection, person_id=person_id)
        areas = visit.areas_of(*ROLES)
        if found is None or (areas is not None and found.commune not in areas):
            raise Missing
        chats = await conversations_of(connection, person_id=person_id)
        history = await consent_history(connection, person_id=person_id)
    title(visit, visit.t("console.people.number", number=person_id))
    with section(visit.t("console.people.known")):
        _known(visit, found)
    with section(visit.t("console.people.chats")):
        items(
            [
                visit.t(
                    "console.people.chat",
                    channel=channel_name(visit, one.channel),
                    at=visit.moment(one.last_message_at),
                    state="" if one.reachable else visit.t("console.people.unreachable"),
                )
                for one in chats
            ]
            or ["–"]
        )
    with section(visit.t("console.people.consents")):
        _consents(visit, history)
    _requests(visit, found)


def _known(visit: Visit, found: Contact) -> None:
    # Auditors see what was done with people's data, not the data by which somebody is found.
    phone = found.phone if visit.staff.has(Role.ADMINISTRATOR, Role.HELP_DESK_OFFICER) else found.phone and "•••"
    group = visit.t(f"group.{found.household_group}") if found.household_group else "–"
    items(
        [
            f"{visit.t('console.people.commune')}: {visit.place(found.commune) if found.commune else '–'}",
            f"{visit.t('console.people.group')}: {group}",
            f"{visit.t('console.people.phone')}: {phone or '–'}",
            f"{visit.t('console.campaign.languages')}: {found.language or '–'}",
            f"{visit.t('console.people.since')}: {visit.moment(found.created_at)}",
        ]
    )


def _consents(visit: Visit, history: list[ConsentEntry]) -> None:
    if not history:
        paragraph(visit.t("console.people.no_consents")).classes("ct-muted")
        return
    table(
        history,
        Column(visit.t("console.people.purpose"), lambda one: _purpose(visit, one)),
        Column(visit.t("console.people.said"), lambda one: visit.t(f"console.people.{'yes' if one.given else 'no'}")),
        Column(visit.t("console.audit.at"), lambda one: visit.moment(one.at)),
        Column(visit.t("console.people.channels"), lambda one: channel_name(visit, one.channel)),
        Column(visit.t("console.people.words"), lambda one: one.words),
    )


def _purpose(visit: Visit, one: ConsentEntry) -> str:
    topic = f"topic.{one.subject}"
    words = visit.t(f"console.people.purpose.{one.purpose}")
    return f"{words}: {visit.t(topic)}" if one.subject and topic in visit.catalogue else words


def _requests(visit: Visit, found: Contact) -> None:
    area, number = found.commune or "", found.person_id
    if not (visit.may(EXPORT, area) or visit.may(ERASE, area) or visit.may(MERGE, area)):
        return

    async def export() -> None:
        async with visit.acting(EXPORT, area) as acting:
            held = await export_person(acting.connection, person_id=number)
            await acting.record("person.exported", f"person:{number}", area=area, details={"person": number})
        ui.download.content(orjson.dumps(held, option=orjson.OPT_INDENT_2), f"person-{number}.json")

    async def erase_all() -> None:
        async with visit.acting(ERASE, area) as acting:
            await acting.record("person.erased", f"person:{number}", area=area, details={"person": number})
            await erase(acting.connection, person_id=number, channel="console", now=acting.now)
        ui.navigate.to("/people")

    async def merge() -> None:
        other = int(box.value or 0)
        async with visit.acting(MERGE, area) as acting:
            theirs = await contact_of(acting.connection, person_id=other) if other != number else None
            if theirs is None:
                raise Told("console.people.no_other")
            kept = await merge_people(acting.connection, number, other, now=acting.now)
            gone = other if kept == number else number
            await acting.record("person.merged", f"person:{kept}", area=area, details={"kept": kept, "gone": gone})
        ui.navigate.to(f"/people/{kept}")

    with section(visit.t("console.people.requests")):
        paragraph(visit.t("console.people.requests_how"))
        with ui.element("div").classes("ct-row"):
            if visit.may(EXPORT, area):
                ui.button(visit.t("console.people.export"), icon="download", on_click=export).props("outline")
            if visit.may(ERASE, area):
                sure = visit.t("console.people.erase_sure", number=number)
                ui.button(visit.t("console.people.erase"), on_click=lambda: ask_sure(visit, sure, erase_all)).props(
                    "flat color=negative"
                )
        if visit.may(MERGE, area):
            with ui.element("div").classes("ct-row"):
                box = ui.number(visit.t("console.people.other"), precision=0, min=1).props("outlined dense")
                merge_words = visit.t("console.people.merge_sure")
                ui.button(visit.t("console.people.merge"), on_click=lambda: ask_sure(visit, merge_words, merge)).props(
                    "flat"
                )
