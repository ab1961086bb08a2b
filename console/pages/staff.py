"""Accounts of staff: adding, duties, invitations, shutting."""

from nicegui import ui
from sqlalchemy.ext.asyncio import AsyncConnection

from console.access.actions import action
from console.shell.ask import ask_sure
from console.shell.frame import section, title
from console.shell.registry import Group, page
from console.shell.table import Column, table
from console.shell.visit import Acting, Missing, Told, Visit
from console.shell.words import paragraph, span
from content.place_units import load_places
from store.queries.staff import (
    Duty,
    LoginTaken,
    Staff,
    add_staff,
    all_staff,
    disable_staff,
    enable_staff,
    organisations,
    set_duties,
    staff_member,
)
from store.queries.staff_invitations import invite
from store.queries.staff_sign_in import set_totp_secret
from store.staff_roles import WHOLE_PROVINCE, Role

MANAGE = action("staff.manage", Role.ADMINISTRATOR)
ROLES = (Role.ADMINISTRATOR, Role.AUDITOR)


def duties_in_words(visit: Visit, staff: Staff) -> str:
    """Return the duties of somebody as people say them."""
    held = sorted(staff.duties, key=lambda one: (one.role, one.area))
    return ", ".join(
        visit.t(f"console.role.{one.role.value}") + (f" ({visit.place(one.area)})" if one.area else "") for one in held
    )


@page("/staff", name="staff", roles=ROLES, group=Group.SYSTEM, icon="badge", position=20)
async def staff(visit: Visit) -> None:
    """List accounts; administrators add some."""
    async with visit.reading() as connection:
        rows = await all_staff(connection)
        names = await _organisation_names(visit, connection)

    def name(one: Staff) -> None:
        ui.link(one.name, f"/staff/{one.id}")
        if one.demo:
            span(visit.t("console.frame.made_up")).classes("ct-demo-mark")
        if one.disabled:
            span(visit.t("console.staff.shut")).classes("ct-state bad")

    with section(visit.t("console.page.staff")):
        table(
            rows,
            Column(visit.t("console.staff.name"), name),
            Column(visit.t("console.sign_in.login"), lambda one: one.login),
            Column(
                visit.t("console.campaigns.organisation"), lambda one: names.get(one.organisation, one.organisation)
            ),
            Column(visit.t("console.account.duties"), lambda one: duties_in_words(visit, one) or "–"),
            Column(visit.t("console.account.seen"), lambda one: visit.moment(one.present_at)),
        )
    if visit.may(MANAGE):
        _add(visit, names)


async def _organisation_names(visit: Visit, connection: AsyncConnection) -> dict[str, str]:
    english = visit.catalogue.language.code == "en"
    return {one.code: one.name_in_english if english else one.name for one in await organisations(connection)}


def _add(visit: Visit, names: dict[str, str]) -> None:
    async def add() -> None:
        if not (login.value or "").strip() or not (person.value or "").strip() or not roles.value:
            raise Told("console.staff.incomplete")
        duties = [Duty(Role(role), str(area.value or WHOLE_PROVINCE)) for role in roles.value]
        async with visit.acting(MANAGE) as acting:
            try:
                number = await add_staff(
                    acting.connection,
                    login=login.value,
                    name=person.value.strip(),
                    organisation=organisation.value,
                    duties=duties,
                    now=acting.now,
                )
            except LoginTaken as taken:
                raise Told("console.staff.login_taken", login=login.value) from taken
            details = {"name": person.value.strip(), "roles": [f"{one.role}@{one.area}" for one in duties]}
            await acting.record("staff.added", f"staff:{number}", details=details)
            code = await invite(acting.connection, staff_id=number, now=acting.now)
        _show_link(visit, code)

    with section(visit.t("console.staff.add")), ui.element("div").classes("ct-two"):
        login = ui.input(visit.t("console.sign_in.login")).props("outlined maxlength=60").classes("full-width")
        person = ui.input(visit.t("console.staff.name")).props("outlined maxlength=120").classes("full-width")
        organisation = ui.select(names, label=visit.t("console.campaigns.organisation"), value="mttq")
        organisation.props("outlined").classes("full-width")
        roles = ui.select(_role_names(visit), label=visit.t("console.account.duties"), multiple=True)
        roles.props("outlined use-chips").classes("full-width")
        area = _area_choice(visit, WHOLE_PROVINCE)
        ui.button(visit.t("console.staff.add"), on_click=add)


def _role_names(visit: Visit) -> dict[str, str]:
    return {role.value: visit.t(f"console.role.{role.value}") for role in Role}


def _area_choice(visit: Visit, value: str) -> ui.select:
    areas = {WHOLE_PROVINCE: visit.t("console.frame.whole_province")}
    areas |= {code: unit.name for code, unit in load_places().units.items()}
    choice = ui.select(areas, label=visit.t("console.staff.where"), value=value, with_input=True)
    return choice.props("outlined").classes("full-width")


def _show_link(visit: Visit, code: str) -> None:
    address = f"{visit.parts.desk.public_address}/console/invitation/{code}"
    with ui.dialog(value=True).props("persistent"), ui.card().classes("ct-dialog").props('role="dialog"'):
        paragraph(visit.t("console.staff.link_how"))
        ui.input(visit.t("console.campaign.link"), value=address).props("outlined readonly").classes("full-width")
        # Not by itself: the link is shown this once.
        ui.button(visit.t("console.staff.link_done"), on_click=ui.navigate.reload)


@page("/staff/{staff_id}", name="staff_member", roles=ROLES, example={"staff_id": 1})
async def one_member(visit: Visit, staff_id: int) -> None:
    """Show one account."""
    async with visit.reading() as connection:
        found = await staff_member(connection, staff_id=staff_id)
        if found is None:
            raise Missing
        names = await _organisation_names(visit, connection)
    title(visit, found.name)
    with section(visit.t("console.account.duties")):
        paragraph(f"{found.login} · {names.get(found.organisation, found.organisation)}")
        paragraph(duties_in_words(visit, found) or "–")
        if visit.may(MANAGE):
            _duties(visit, found)
    if visit.may(MANAGE):
        _account(visit, found)
    ui.link(visit.t("console.staff.what_they_did"), f"/audit?actor={staff_id}")


def _duties(visit: Visit, found: Staff) -> None:
    async def save(duties: set[Duty]) -> None:
        async with visit.acting(MANAGE) as acting:
            await set_duties(acting.connection, staff_id=found.id, duties=duties)
            told = {"name": found.name, "roles": sorted(f"{one.role}@{one.area}" for one in duties)}
            await acting.record("staff.duties_changed", f"staff:{found.id}", details=told)
        ui.navigate.reload()

    for duty in sorted(found.duties, key=lambda one: (one.role, one.area)):
        words = visit.t(
            "console.staff.take", duty=visit.t(f"console.role.{duty.role.value}"), area=visit.place(duty.area)
        )
        ui.button(words, on_click=lambda _, one=duty: save(set(found.duties) - {one})).props(
            "flat dense color=negative"
        )
    with ui.element("div").classes("ct-row"):
        role = ui.select(_role_names(visit), label=visit.t("console.staff.duty")).props("outlined").classes("ct-narrow")
        area = _area_choice(visit, WHOLE_PROVINCE).classes("ct-narrow")

        async def give() -> None:
            if not role.value:
                raise Told("console.staff.incomplete")
            await save(set(found.duties) | {Duty(Role(role.value), str(area.value or WHOLE_PROVINCE))})

        ui.button(visit.t("console.staff.give"), on_click=give).props("outline")


def _account(visit: Visit, found: Staff) -> None:
    async def again() -> None:
        async with visit.acting(MANAGE) as acting:
            code = await _invite(acting, found)
        _show_link(visit, code)

    async def reset() -> None:
        async with visit.acting(MANAGE) as acting:
            await set_totp_secret(acting.connection, staff_id=found.id, sealed=None)
            await acting.record("staff.second_factor_reset", f"staff:{found.id}", details={"name": found.name})
            code = await _invite(acting, found)
        _show_link(visit, code)

    async def shut() -> None:
        async with visit.acting(MANAGE) as acting:
            await disable_staff(acting.connection, staff_id=found.id, now=acting.now)
            await acting.record("staff.disabled", f"staff:{found.id}")
        ui.navigate.reload()

    async def reopen() -> None:
        async with visit.acting(MANAGE) as acting:
            await enable_staff(acting.connection, staff_id=found.id)
            await acting.record("staff.enabled", f"staff:{found.id}")
        ui.navigate.reload()

    with section(visit.t("console.staff.account")), ui.element("div").classes("ct-row"):
        ui.button(visit.t("console.staff.invite"), on_click=again).props("outline")
        sure = visit.t("console.staff.reset_sure")
        ui.button(visit.t("console.staff.reset"), on_click=lambda: ask_sure(visit, sure, reset)).props("outline")
        if found.disabled:
            ui.button(visit.t("console.staff.reopen"), on_click=reopen).props("outline")
        else:
            shut_sure = visit.t("console.staff.shut_sure", name=found.name)
            ui.button(visit.t("console.staff.shut_it"), on_click=lambda: ask_sure(visit, shut_sure, shut)).props(
                "flat color=negative"
            )


async def _invite(acting: Acting, found: Staff) -> str:
    await acting.record("staff.invited", f"staff:{found.id}")
    return await invite(acting.connection, staff_id=found.id, now=acting.now)
