"""How this system is set up: what administrators set with variables, and the limits of each channel's account."""

import re

from nicegui import ui

from console.campaigns.phone import channel_name
from console.shell.frame import empty, section
from console.shell.registry import Group, page
from console.shell.shown_setting import ShownSetting
from console.shell.table import Column, table
from console.shell.visit import Visit
from console.shell.words import paragraph, span
from store.queries.sending_limits import AccountStatus, account_statuses
from store.staff_roles import Role


@page(
    "/settings",
    name="settings",
    roles=(Role.ADMINISTRATOR, Role.AUDITOR),
    group=Group.SYSTEM,
    icon="settings",
    position=30,
)
async def settings(visit: Visit) -> None:
    """Show settings and limits. Secrets are shown as set or not set."""
    async with visit.reading() as connection:
        accounts = await account_statuses(connection)
    with section(visit.t("console.settings.accounts")):
        if not accounts:
            empty(visit.t("console.settings.no_accounts"))
        else:
            table(
                accounts,
                Column(visit.t("console.people.channels"), lambda one: channel_name(visit, one.channel)),
                Column(visit.t("console.settings.limit"), lambda one: _limit(visit, one)),
                Column(visit.t("console.settings.today"), lambda one: _used(visit, one.used_today, one.daily_quota)),
                Column(
                    visit.t("console.settings.month"), lambda one: _used(visit, one.used_this_month, one.monthly_quota)
                ),
                Column(visit.t("console.campaigns.state"), lambda one: _state(visit, one)),
            )
    with section(visit.t("console.settings.variables")):
        paragraph(visit.t("console.settings.variables_how"))
        table(
            visit.parts.settings,
            Column(visit.t("console.settings.variable"), _name),
            Column(
                visit.t("console.settings.value"),
                lambda one: _shown(visit, one),
            ),
            Column(
                visit.t("console.settings.meaning"),
                lambda one: one.meaning_in_vietnamese if visit.catalogue.language.code == "vi" else one.meaning,
            ),
        )


def _name(one: ShownSetting) -> None:
    # Long names may be broken at their underscores, and are copied without a break.
    with ui.element("code"):
        for part in re.split(r"(?<=_)", one.name):
            span(part)
            ui.element("wbr")


def _shown(visit: Visit, one: ShownSetting) -> str:
    if one.secret:
        return visit.t("console.settings.set")
    return {"True": visit.t("console.settings.on"), "False": visit.t("console.settings.off")}.get(one.value, one.value)


def _limit(visit: Visit, one: AccountStatus) -> str:
    if one.per_window is None:
        return "–"
    return visit.t(
        "console.settings.per",
        number=visit.catalogue.number(one.per_window),
        seconds=visit.catalogue.number(one.window_seconds),
    )


def _used(visit: Visit, used: int, quota: int | None) -> str:
    return visit.catalogue.number(used) + (f" / {visit.catalogue.number(quota)}" if quota is not None else "")


def _state(visit: Visit, one: AccountStatus) -> str:
    if one.paused_at is not None:
        return visit.t("console.settings.paused", reason=one.paused_reason or "–", at=visit.moment(one.paused_at))
    if one.blocked_until is not None and one.blocked_until > visit.now:
        return visit.t("console.settings.blocked", at=visit.moment(one.blocked_until))
    return visit.t("console.settings.works")
