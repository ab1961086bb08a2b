"""The builder of an audience: all conditions that are set have to hold."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from console.campaigns.draft import Draft
from console.campaigns.phone import channel_name
from console.shell.frame import section
from console.shell.visit import Visit
from console.shell.words import paragraph
from content.campaign_audience import HOUSEHOLD_GROUPS
from content.place_units import load_places
from content.topics import Topic
from content.translations import LANGUAGES
from store.queries.contact_lists import StoredList


class AudienceForm:
    """Draws the conditions."""

    def __init__(self, visit: Visit, draft: Draft, lists: Sequence[StoredList], changed: Callable[[], None]) -> None:
        self._visit = visit
        self._draft = draft
        self._lists = lists
        self._changed = changed

    def draw(self) -> None:
        """Draw whom it is for and who is left out."""
        visit = self._visit
        areas = visit.areas_of(*visit.page.roles)
        communes = {
            code: unit.name
            for code, unit in sorted(load_places().units.items(), key=lambda one: one[1].name)
            if areas is None or code in areas
        }
        lists = {one.name: f"{one.name} ({visit.catalogue.number(one.members)})" for one in self._lists}
        with section(visit.t("console.campaign.whom")):
            paragraph(visit.t("console.campaign.whom_how"))
            with ui.element("div").classes("ct-two"):
                self._many("communes", communes)
                self._many("household_groups", {one.value: visit.t(f"group.{one.value}") for one in HOUSEHOLD_GROUPS})
                self._many("lists", lists)
                self._many("topics", {topic.value: visit.t(f"topic.{topic.value}") for topic in Topic})
                self._many("languages", {code: one.name for code, one in LANGUAGES.items()})
                channels = [one for one in visit.parts.desk.channels if one != "terminal"]
                self._many("channels", {one: channel_name(visit, one) for one in channels})
                self._days("active_within_days")
            with ui.expansion(visit.t("console.campaign.left_out")).classes("full-width"):
                with ui.element("div").classes("ct-two"):
                    self._days("messaged_within_days", "exclude", default=1)
                    self._days("inactive_days", "exclude")
                    self._many("lists", lists, "exclude", key="exclude_lists")
                ui.checkbox(
                    visit.t("console.campaign.in_flow"),
                    value=bool(self._draft.get("audience", "exclude", "in_flow", default=True)),
                    on_change=lambda event: self._set(bool(event.value), "exclude", "in_flow"),
                )

    def _set(self, value: Any, *path: str) -> None:
        self._draft.put(value, "audience", *path)
        self._changed()

    def _many(self, name: str, options: dict[str, str], *path: str, key: str = "") -> None:
        chosen = list(self._draft.get("audience", *path, name, default=[]))
        known = {**options, **{one: one for one in chosen if one not in options}}
        ui.select(
            known,
            label=self._visit.t(f"console.campaign.{key or name}"),
            value=chosen,
            multiple=True,
            with_input=len(known) > 12,
            on_change=lambda event: self._set(list(event.value or []), *path, name),
        ).props("outlined use-chips options-dense").classes("full-width")

    def _days(self, name: str, *path: str, default: int | None = None) -> None:
        ui.number(
            self._visit.t(f"console.campaign.{name}"),
            value=self._draft.get("audience", *path, name, default=default),
            min=0,
            precision=0,
            on_change=lambda event: self._set(
                int(event.value) if event.value not in (None, "") else default, *path, name
            ),
        ).props("outlined").classes("full-width")
