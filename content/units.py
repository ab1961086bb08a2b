"""What there is to translate and to record: every text that is told, with the fingerprint of its present words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from content.human_translations import braced, fingerprint
from content.library import Library, Period
from content.placeholders import fill_placeholders
from content.statements import Statement
from content.translations import TRANSLATIONS_DIR, catalogue_for, vietnamese_messages

#: Ends the id of a text that is told before its version begins.
ANNOUNCEMENT = ":announcement"


class UnitKind(StrEnum):
    """What kind of text it is."""

    STATEMENT = "statement"
    ANNOUNCEMENT = "announcement"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Unit:
    """One text version.

    Attributes:
        id: the statement's id (with `:announcement` for what is told beforehand), or the message key.
        template: the Vietnamese words with their placeholders; what a translator translates.
        today: the same with the placeholders filled; for messages, the template again.
        aloud: what a speaker reads: `today`, and the advice to ask the commune where the answer gives it.
        begins, ends: the days on which these words are told; None for messages, and for what has no end.
    """

    id: str
    kind: UnitKind
    template: str
    today: str
    aloud: str
    fingerprint: str
    begins: date | None = None
    ends: date | None = None

    @property
    def group(self) -> str:
        """The topic of a statement, or the first part of a message key."""
        return self.id.partition(".")[0]

    @property
    def placeholders(self) -> frozenset[str]:
        return braced(self.template)

    @property
    def can_be_recorded(self) -> bool:
        """False for messages whose placeholders are filled anew for each person."""
        return self.kind is not UnitKind.MESSAGE or not self.placeholders


def statement_unit(library: Library, statement: Statement, period: Period) -> Unit:
    """Return the text of a statement on the days of `period`."""
    template = period.version.text.vi.strip()
    return _unit(library, statement, period, UnitKind.STATEMENT, statement.id, template)


def announcement_unit(library: Library, statement: Statement, period: Period) -> Unit:
    """Return what is told of `period` before it begins."""
    catalogue = catalogue_for("vi")
    version = period.version
    if version.announcement is not None and period.valid_from == version.valid_from:
        template = version.announcement.vi.strip()
    else:
        template = catalogue.text("announcement.from_date", date="{valid_from}", text=version.text.vi.strip())
    return _unit(library, statement, period, UnitKind.ANNOUNCEMENT, statement.id + ANNOUNCEMENT, template)


def _unit(
    library: Library, statement: Statement, period: Period, kind: UnitKind, identifier: str, template: str
) -> Unit:
    catalogue = catalogue_for("vi")
    today = fill_placeholders(
        template,
        on=period.valid_from,
        valid_from=period.valid_from,
        valid_to=period.valid_to,
        parameters=library.parameters,
        documents=library.documents,
        catalogue=catalogue,
    ).strip()
    aloud = today
    certainty = period.version.certainty
    if certainty.is_uncertain or certainty.needs_confirmation:
        key = "bot.uncertain" if certainty.is_uncertain else "bot.needs_confirmation"
        where = library.offices[statement.office].how_to_reach("vi").strip()
        aloud = f"{today}\n{catalogue.text(key, where=where).removeprefix('⚠ ')}"
    return Unit(
        id=identifier,
        kind=kind,
        template=template,
        today=today,
        aloud=aloud,
        fingerprint=fingerprint(template, aloud),
        begins=period.valid_from,
        ends=period.valid_to,
    )


def message_units(folder: Path = TRANSLATIONS_DIR) -> Iterator[Unit]:
    """Every text of the bot's own, without plurals: these are units of measure, written as in Vietnamese."""
    for key, words in vietnamese_messages(folder).items():
        yield Unit(key, UnitKind.MESSAGE, words, words, words, fingerprint(words))


def statement_units(library: Library, on: date) -> Iterator[Unit]:
    """Every statement's text told on that day or later, and what is announced on that day; each version once."""
    for statement in library.statements.values():
        seen = set()
        periods = [p for p in library.periods_of(statement) if p.valid_to is None or p.valid_to >= on]
        for period in periods:
            unit = statement_unit(library, statement, period)
            if unit.fingerprint not in seen:
                seen.add(unit.fingerprint)
                yield unit
        coming = next((period for period in periods if period.valid_from > on), None)
        told_now = any(period.covers(on) for period in periods)
        if told_now and coming is not None and _is_known(library, coming, on):
            yield announcement_unit(library, statement, coming)


def _is_known(library: Library, period: Period, on: date) -> bool:
    return all(library.documents[reference.document].was_signed_on(on) for reference in period.changed_by)


def units_told(library: Library, on: date, folder: Path = TRANSLATIONS_DIR) -> list[Unit]:
    """Every text that is told on that day or known to come."""
    return [*statement_units(library, on), *message_units(folder)]


def former_unit(library: Library, identifier: str, mark: str, on: date) -> Unit | None:
    """Return the text with that fingerprint if it was told before that day, to say so in a refusal."""
    statement = library.statements.get(identifier.removesuffix(ANNOUNCEMENT))
    if statement is None:
        return None
    for period in library.periods_of(statement):
        if period.valid_to is not None and period.valid_to < on:
            unit = statement_unit(library, statement, period)
            if unit.fingerprint == mark:
                return unit
    return None
