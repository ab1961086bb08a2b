"""The form in which a campaign is written. It changes the draft and says so; nothing is saved by it."""

from collections.abc import Callable
from typing import Any, get_args

from nicegui import ui

from console.campaigns.draft import Draft
from console.campaigns.phone import channel_name
from console.shell.frame import section
from console.shell.visit import Visit
from console.shell.words import paragraph, span
from content.campaign_parts import KNOWN_FIELDS, MOST_BUTTONS, FieldKind
from content.campaign_schedule import Anchor, LunarFeast, Weekday
from content.campaigns import Replies
from content.topics import Topic
from content.translations import COMPLETE_LANGUAGES, LANGUAGES
from scheduler.rendering import TEXT_CHANNELS

Changed = Callable[[], None]

#: Flows that a button can lead into, in the order in which officers look for them. Topics follow.
_FLOWS = ("/check_eligibility", "/menu", "/find_courses", "/ask_person", "/verify_source")
PURPOSES = ("policy_news", "service", "fund_raising", "advertising")


class CampaignForm:
    """Draws the parts of the form."""

    def __init__(self, visit: Visit, draft: Draft, changed: Changed) -> None:
        self._visit = visit
        self._draft = draft
        self._changed = changed

    def draw(self) -> None:
        """Draw what is said, and when."""
        visit = self._visit
        with section(visit.t("console.campaign.what")):
            self._title()
            with ui.element("div").classes("ct-two"):
                self._choice("purpose", {one: visit.t(f"console.campaign.purpose.{one}") for one in PURPOSES})
                self._choice("topic", {topic.value: visit.t(f"topic.{topic.value}") for topic in Topic})
                self._choice(
                    "replies",
                    {one: visit.t(f"console.campaign.replies.{one}") for one in get_args(Replies)},
                    key="console.campaign.who_reads",
                )
            self._versions()
            self._fields()
            self._buttons()
        with section(visit.t("console.campaign.when")):
            self._schedule()
            self._limits()

    def _set(self, value: Any, *path: str) -> None:
        self._draft.put(value, *path)
        self._changed()

    def _title(self) -> None:
        def change(event: Any) -> None:
            self._draft.title = event.value or ""
            self._changed()

        ui.input(self._visit.t("console.campaign.title"), value=self._draft.title, on_change=change).props(
            "outlined maxlength=160"
        ).classes("full-width")

    def _choice(self, name: str, options: dict[str, str], *, key: str = "") -> None:
        ui.select(
            options,
            label=self._visit.t(key or f"console.campaign.{name}"),
            value=self._draft.get(name),
            on_change=lambda event: self._set(event.value, name),
        ).props("outlined options-dense").classes("full-width")

    @ui.refreshable_method
    def _versions(self) -> None:
        visit, versions = self._visit, list(self._draft.data["texts"])
        for version in versions:
            if len(versions) > 1:
                span(visit.t("console.campaign.version", name=version)).classes("ct-small ct-muted")
            with ui.element("div").classes("ct-two"):
                for language in self._languages(version):
                    self._words(version, language)
            self._other_channel(version)
        with ui.element("div").classes("ct-row"):
            if len(versions) == 1:
                ui.button(visit.t("console.campaign.add_version"), on_click=self._add_version).props("flat dense")
            else:
                ui.button(visit.t("console.campaign.drop_version"), on_click=self._drop_version).props("flat dense")

    def _languages(self, version: str) -> list[str]:
        written = self._draft.get("texts", version, "words", default={})
        return [*COMPLETE_LANGUAGES, *(language for language in written if language not in COMPLETE_LANGUAGES)]

    def _words(self, version: str, language: str) -> None:
        label = self._visit.t("console.campaign.words", language=LANGUAGES[language].name)
        ui.textarea(
            label,
            value=self._draft.get("texts", version, "words", language, default=""),
            on_change=lambda event: self._set(event.value or "", "texts", version, "words", language),
        ).props(f'outlined autogrow lang="{language}"').classes("full-width")

    def _other_channel(self, version: str) -> None:
        visit, written = self._visit, self._draft.get("texts", version, "by_channel", default={})
        for channel in written:
            with ui.element("div").classes("ct-two"):
                for language in COMPLETE_LANGUAGES:
                    label = visit.t(
                        "console.campaign.words_on",
                        channel=channel_name(visit, channel),
                        language=LANGUAGES[language].name,
                    )
                    ui.textarea(
                        label,
                        value=self._draft.get("texts", version, "by_channel", channel, language, default=""),
                        on_change=lambda event, one=channel, lang=language: self._set(
                            event.value or "", "texts", version, "by_channel", one, lang
                        ),
                    ).props("outlined autogrow").classes("full-width")
        rest = {one: channel_name(visit, one) for one in TEXT_CHANNELS if one not in written and one != "terminal"}

        def add(event: Any) -> None:
            if event.value:
                self._set(
                    {"vi": self._draft.get("texts", version, "words", "vi")},
                    "texts",
                    version,
                    "by_channel",
                    event.value,
                )
                self._versions.refresh()

        ui.select(rest, label=visit.t("console.campaign.own_words_for"), on_change=add).props("outlined dense").classes(
            "ct-narrow"
        )

    def _add_version(self) -> None:
        self._draft.put({"words": dict(self._draft.get("texts", "A", "words"))}, "texts", "B")
        self._changed()
        self._versions.refresh()

    def _drop_version(self) -> None:
        self._draft.drop("texts", "B")
        self._changed()
        self._versions.refresh()

    @ui.refreshable_method
    def _fields(self) -> None:
        visit = self._visit
        with ui.expansion(visit.t("console.campaign.places")).classes("full-width"):
            known = ", ".join(f"{{{name}}}" for name in KNOWN_FIELDS)
            paragraph(visit.t("console.campaign.places_how", example="{meeting_day}", known=known))
            kinds = {kind.value: visit.t(f"console.campaign.kind.{kind.value}") for kind in FieldKind}
            for name in list(self._draft.get("fields", default={})):
                with ui.element("div").classes("ct-row"):
                    span(f"{{{name}}}")
                    ui.select(
                        kinds,
                        label=visit.t("console.campaign.kind"),
                        value=self._draft.get("fields", name, "kind", default="text"),
                        on_change=lambda event, one=name: self._set(event.value, "fields", one, "kind"),
                    ).props("outlined dense")
                    ui.input(
                        visit.t("console.campaign.value"),
                        value=str(self._draft.get("fields", name, "value", default="")),
                        on_change=lambda event, one=name: self._set(event.value or None, "fields", one, "value"),
                    ).props("outlined dense")
                    ui.button(
                        visit.t("console.campaign.drop"), on_click=lambda _, one=name: self._drop_field(one)
                    ).props("flat dense")
            with ui.element("div").classes("ct-row"):
                name_box = ui.input(visit.t("console.campaign.new_place")).props("outlined dense")
                ui.button(
                    visit.t("console.campaign.add"), on_click=lambda: self._add_field(name_box.value or "")
                ).props("flat dense")

    def _add_field(self, name: str) -> None:
        if name.strip():
            self._set({"kind": "text"}, "fields", name.strip().strip("{}"))
            self._fields.refresh()

    def _drop_field(self, name: str) -> None:
        self._draft.drop("fields", name)
        self._changed()
        self._fields.refresh()

    @ui.refreshable_method
    def _buttons(self) -> None:
        visit, buttons = self._visit, self._draft.data.setdefault("buttons", [])
        targets = {flow: visit.t(f"console.campaign.flow.{flow.strip('/')}") for flow in _FLOWS}
        targets |= {f"/{topic.value}": visit.t(f"topic.{topic.value}") for topic in Topic}
        span(visit.t("console.campaign.buttons")).classes("ct-label")
        for button in buttons:
            with ui.element("div").classes("ct-row"):
                for language in COMPLETE_LANGUAGES:
                    ui.input(
                        visit.t("console.campaign.button_words", language=LANGUAGES[language].name),
                        value=button["title"].get(language, ""),
                        on_change=lambda event, one=button, lang=language: self._title_of(one, lang, event.value),
                    ).props("outlined dense maxlength=60")
                known = {**targets, button["payload"]: targets.get(button["payload"], button["payload"])}
                ui.select(
                    known,
                    label=visit.t("console.campaign.leads_to"),
                    value=button["payload"],
                    on_change=lambda event, one=button: self._target_of(one, event.value),
                ).props("outlined dense")
                ui.button(
                    visit.t("console.campaign.drop"), on_click=lambda _, one=button: self._drop_button(one)
                ).props("flat dense")
        if len(buttons) < MOST_BUTTONS and not self._draft.get("poll"):
            ui.button(visit.t("console.campaign.add_button"), on_click=self._add_button).props("flat dense")

    def _title_of(self, button: dict[str, Any], language: str, words: str | None) -> None:
        button["title"][language] = words or ""
        self._changed()

    def _target_of(self, button: dict[str, Any], payload: str) -> None:
        button["payload"] = payload
        self._changed()

    def _add_button(self) -> None:
        self._draft.data["buttons"].append({"title": {"vi": ""}, "payload": _FLOWS[0]})
        self._buttons.refresh()

    def _drop_button(self, button: dict[str, Any]) -> None:
        self._draft.data["buttons"].remove(button)
        self._changed()
        self._buttons.refresh()

    def _schedule(self) -> None:
        visit = self._visit
        kinds = {
            kind: visit.t(f"console.campaign.schedule.{kind}") for kind in ("once", "recurring", "relative", "lunar")
        }
        today = visit.today.isoformat()
        defaults: dict[str, dict[str, Any]] = {
            "once": {"kind": "once", "at": None},
            "recurring": {"kind": "recurring", "weekdays": ["mon"], "at": "08:00", "starts_on": today},
            "relative": {"kind": "relative", "anchor": "course_start", "days": -3, "at": "08:00", "starts_on": today},
            "lunar": {"kind": "lunar", "feast": "tet", "days": -7, "at": "08:00", "starts_on": today},
        }

        def change(event: Any) -> None:
            self._draft.put(defaults[event.value], "schedule")
            self._changed()
            self._schedule_details.refresh()

        ui.select(
            kinds, label=visit.t("console.campaign.leaves"), value=self._draft.get("schedule", "kind"), on_change=change
        ).props("outlined").classes("ct-narrow")
        self._schedule_details()

    @ui.refreshable_method
    def _schedule_details(self) -> None:
        visit, kind = self._visit, self._draft.get("schedule", "kind")
        with ui.element("div").classes("ct-row"):
            if kind == "once":
                at = str(self._draft.get("schedule", "at", default=""))[:16]
                ui.input(
                    visit.t("console.campaign.at"),
                    value=at,
                    on_change=lambda event: self._set(event.value or None, "schedule", "at"),
                ).props("outlined dense type=datetime-local stack-label").classes("ct-narrow")
                paragraph(visit.t("console.campaign.at_once"))
                return
            if kind == "recurring":
                days = {day.value: visit.t(f"console.weekday.{day.value}") for day in Weekday}
                self._part("weekdays", days, multiple=True)
            elif kind == "relative":
                self._part("anchor", {one.value: visit.t(f"console.campaign.anchor.{one.value}") for one in Anchor})
            else:
                self._part("feast", {one.value: visit.t(f"console.campaign.feast.{one.value}") for one in LunarFeast})
            if kind != "recurring":
                ui.number(
                    visit.t("console.campaign.days"),
                    value=self._draft.get("schedule", "days", default=0),
                    precision=0,
                    on_change=lambda event: self._set(int(event.value or 0), "schedule", "days"),
                ).props("outlined dense")
            for name, type_ in (("at", "time"), ("starts_on", "date"), ("ends_on", "date")):
                ui.input(
                    visit.t(f"console.campaign.{'at_time' if name == 'at' else name}"),
                    value=str(self._draft.get("schedule", name, default=""))[: 5 if name == "at" else 10],
                    on_change=lambda event, one=name: self._set(event.value or None, "schedule", one),
                ).props(f"outlined dense type={type_} stack-label")

    def _part(self, name: str, options: dict[str, str], *, multiple: bool = False) -> None:
        ui.select(
            options,
            label=self._visit.t(f"console.campaign.{name}"),
            value=self._draft.get("schedule", name),
            multiple=multiple,
            on_change=lambda event: self._set(event.value, "schedule", name),
        ).props("outlined dense").classes("ct-narrow")

    def _limits(self) -> None:
        visit = self._visit
        with (
            ui.expansion(visit.t("console.campaign.limits")).classes("full-width"),
            ui.element("div").classes("ct-stack"),
        ):
            ui.input(
                visit.t("console.campaign.use_until"),
                value=str(self._draft.get("use_until", default="")),
                on_change=lambda event: self._set(event.value or None, "use_until"),
            ).props("outlined dense type=date stack-label").classes("ct-narrow")
            ui.number(
                visit.t("console.campaign.per_hour"),
                value=self._draft.get("per_hour"),
                min=1,
                precision=0,
                on_change=lambda event: self._set(int(event.value) if event.value else None, "per_hour"),
            ).props("outlined dense").classes("ct-narrow")
            for name in ("may_cost", "on_holidays"):
                ui.checkbox(
                    visit.t(f"console.campaign.{name}"),
                    value=bool(self._draft.get(name, default=False)),
                    on_change=lambda event, one=name: self._set(bool(event.value), one),
                )
