"""The forms with which a policy owner proposes a change."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from nicegui import ui

from bot.policy.edits import Basis, read_again, with_new_value, with_new_version
from bot.policy.revisions import Current, propose
from console.access.actions import action
from console.policy.words import today_of
from console.shell.visit import Told, Visit
from content.parameters import Parameter
from content.placeholders import document_name
from content.revisions import RevisionKind, UnusableRevision, as_yaml, from_yaml
from content.statements import Statement
from content.topics import Certainty
from store.staff_roles import Role

PROPOSE = action("content.propose", Role.POLICY_OWNER)
DECIDE = action("content.decide", Role.POLICY_OWNER)

Data = Mapping[str, Any]

#: What stands in words instead of a number, as an officer writes it.
_PLACEHOLDERS = "{social_assistance.standard}, {document:qd-139-2002}, {valid_from}"


async def _send(
    visit: Visit, kind: RevisionKind, name: str, current: Current, make: Callable[[], Data], reason: str
) -> None:
    async with visit.acting(PROPOSE) as acting:
        number = await propose(
            acting.connection,
            visit.parts.library,
            kind,
            name,
            make(),
            base=current.fingerprint,
            reason=reason,
            by=acting.staff.id,
            now=acting.now,
        )
    ui.navigate.to(f"/content/proposals/{number}")


class _BasisFields:
    """On what a change rests: document, article, how sure, where in the fact sheet."""

    def __init__(self, visit: Visit) -> None:
        documents = sorted(visit.parts.library.documents.values(), key=lambda one: one.signed or date.min, reverse=True)
        names = {one.id: f"{document_name(one, visit.catalogue)} ({one.id})" for one in documents}
        self._visit = visit
        self._document = ui.select(names, label=visit.t("policy.page.document"), with_input=True).classes("ct-wide")
        self._article = ui.input(label=visit.t("policy.page.article"))
        levels = {one.value: visit.t(f"certainty.{one}") for one in Certainty}
        self._certainty = ui.select(levels, label=visit.t("policy.page.certainty"), value=Certainty.MH.value)
        self._fact = ui.input(label=visit.t("policy.page.fact_source"))

    def value(self) -> Basis:
        """Return what was entered. Raises Told where something is missing."""
        if not self._document.value or not (self._fact.value or "").strip():
            raise Told("policy.error.basis_missing")
        return Basis(
            str(self._document.value),
            self._article.value or "",
            str(self._certainty.value),
            self._fact.value or "",
        )


def _day_field(visit: Visit) -> ui.input:
    return ui.input(label=visit.t("policy.page.valid_from")).props("type=date stack-label")


def _day(field: ui.input) -> date:
    try:
        return date.fromisoformat(field.value or "")
    except ValueError as error:
        raise Told("policy.error.day_missing") from error


def new_value_form(visit: Visit, parameter: Parameter, current: Current) -> None:
    """Draw the form for another value from a day on."""
    with ui.element("div").classes("ct-stack"):
        day = _day_field(visit)
        amount = ui.number(label=visit.t("policy.page.value", unit=parameter.metadata.unit.value), format="%.10g")
        basis = _BasisFields(visit)
        reason = ui.input(label=visit.t("policy.page.reason")).classes("ct-wide")

        async def send() -> None:
            if amount.value is None:
                raise Told("policy.error.value_missing")
            begin, value, on_what = _day(day), float(amount.value), basis.value()
            await _send(
                visit,
                RevisionKind.PARAMETER,
                parameter.name,
                current,
                lambda: with_new_value(
                    current.data, valid_from=begin, value=value, basis=on_what, today=today_of(visit)
                ),
                reason.value or "",
            )

        ui.button(visit.t("policy.page.propose"), on_click=send)


def new_version_form(visit: Visit, statement: Statement, current: Current) -> None:
    """Draw the form for new words from a day on."""
    newest = statement.versions[-1]
    with ui.element("div").classes("ct-stack"):
        ui.label(visit.t("policy.page.placeholders", examples=_PLACEHOLDERS)).classes("ct-small ct-muted")
        day = _day_field(visit)
        vi = ui.textarea(label=visit.t("policy.page.words_vi"), value=newest.text.vi.strip())
        en = ui.textarea(label=visit.t("policy.page.words_en"), value=newest.text.en.strip())
        ahead_vi = ui.textarea(label=visit.t("policy.page.announcement_vi"))
        ahead_en = ui.textarea(label=visit.t("policy.page.announcement_en"))
        for box in (vi, en, ahead_vi, ahead_en):
            box.props("outlined autogrow").classes("ct-wide")
        basis = _BasisFields(visit)
        reason = ui.input(label=visit.t("policy.page.reason")).classes("ct-wide")

        async def send() -> None:
            begin, on_what = _day(day), basis.value()
            ahead = (ahead_vi.value or "", ahead_en.value or "")
            await _send(
                visit,
                RevisionKind.STATEMENT,
                statement.id,
                current,
                lambda: with_new_version(
                    current.data,
                    valid_from=begin,
                    vi=vi.value or "",
                    en=en.value or "",
                    announcement=ahead if all(one.strip() for one in ahead) else None,
                    basis=on_what,
                    today=today_of(visit),
                ),
                reason.value or "",
            )

        ui.button(visit.t("policy.page.propose"), on_click=send)


def whole_form(visit: Visit, kind: RevisionKind, name: str, current: Current) -> None:
    """Draw the whole content as YAML, for changes that the other forms do not know, and the review stamp."""
    with ui.element("div").classes("ct-stack"):
        ui.label(visit.t("policy.page.whole_help")).classes("ct-small ct-muted")
        box = ui.textarea(label="YAML", value=as_yaml(current.data)).props("outlined autogrow spellcheck=false")
        box.classes("ct-wide ct-code")
        reason = ui.input(label=visit.t("policy.page.reason")).classes("ct-wide")

        def edited() -> Data:
            try:
                return from_yaml(box.value or "")
            except UnusableRevision as error:
                raise Told("policy.error.not_readable", cause=str(error)) from error

        async def send() -> None:
            await _send(visit, kind, name, current, edited, reason.value or "")

        async def stamp() -> None:
            await _send(
                visit,
                kind,
                name,
                current,
                lambda: read_again(current.data, today=today_of(visit)),
                visit.t("policy.page.read_again_reason"),
            )

        with ui.element("div").classes("ct-row"):
            ui.button(visit.t("policy.page.propose"), on_click=send)
            ui.button(visit.t("policy.page.read_again"), on_click=stamp).props("outline")
