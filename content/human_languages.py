"""What people translated and recorded, and whether it still fits the Vietnamese words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from content.answers import Answer
from content.human_translations import HumanTranslation, human_translations
from content.library import Library
from content.placeholders import fill_placeholders
from content.recordings import Recording, Recordings
from content.translations import COMPLETE_LANGUAGES, LANGUAGES, catalogue_for
from content.units import ANNOUNCEMENT, Unit, announcement_unit, message_units, statement_unit, units_told


class Standing(StrEnum):
    """How a text stands in a language."""

    CURRENT = "current"
    OUTDATED = "outdated"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Work:
    """What there is of one text in one language."""

    translation: HumanTranslation | None
    recording: Recording | None
    translation_standing: Standing
    recording_standing: Standing


class HumanLanguages:
    """Translations and recordings beside the library.

    Args:
        recordings: None where no audio folder is known; then nothing is recorded.
        translations: folder with a folder per language; the library's own by default.

    Raises:
        ContentError: a file of translations cannot be used.
    """

    def __init__(
        self, library: Library, recordings: Recordings | None = None, translations: Path | None = None
    ) -> None:
        self.library = library
        self.recordings = recordings
        self.folder = translations or library.root / "translations"
        # Read now, so that a faulty file stops the start and not an answer.
        for code in LANGUAGES:
            human_translations(code, self.folder)
        self._units: dict[tuple[str, date], Unit] = {}
        self._messages: dict[str, Unit] = {}

    def work_on(self, language: str, unit: Unit) -> Work:
        """Return the current translation and recording of a text, and how both stand."""
        translations = human_translations(language, self.folder).get(unit.id, ())
        recordings = self._recorded(language).get(unit.id, ())
        # The check reports a translation that asks for other values; until it is mended the Vietnamese is told.
        translation = next(
            (
                one
                for one in translations
                if one.fingerprint == unit.fingerprint and one.placeholders == unit.placeholders
            ),
            None,
        )
        recording = next((one for one in recordings if one.fingerprint == unit.fingerprint), None)
        return Work(
            translation,
            recording,
            _standing(translation is not None, bool(translations)),
            _standing(recording is not None, bool(recordings)),
        )

    def has_anything(self, language: str) -> bool:
        """Return whether anything at all was translated into or recorded in a language, current or not."""
        return bool(human_translations(language, self.folder) or self._recorded(language))

    def unit_of(self, answer: Answer) -> Unit:
        """Return the text version that an answer tells."""
        return self._unit(answer.statement_id, answer.valid_from)

    def translated(self, answer: Answer, language: str) -> str | None:
        """Return an answer's text as people translated it; None where nobody did, or the Vietnamese has changed."""
        translation = self.work_on(language, self.unit_of(answer)).translation
        return None if translation is None else self._filled(translation, language, answer.valid_from, answer.valid_to)

    def translated_announcement(self, answer: Answer, language: str) -> str | None:
        """Return what an answer says of the coming change as people translated it, or None."""
        coming = answer.upcoming
        if coming is None or not human_translations(language, self.folder).get(answer.statement_id + ANNOUNCEMENT):
            return None
        unit = self._unit(answer.statement_id + ANNOUNCEMENT, coming.from_date)
        translation = self.work_on(language, unit).translation
        return None if translation is None else self._filled(translation, language, coming.from_date, coming.valid_to)

    def message(self, key: str) -> Unit | None:
        """Return the text of a message key."""
        if not self._messages:
            self._messages = {unit.id: unit for unit in message_units()}
        return self._messages.get(key)

    def offered(self, on: date) -> tuple[str, ...]:
        """Return the languages worth choosing that day: the complete ones, and others with something current."""
        return tuple(code for code in LANGUAGES if code in COMPLETE_LANGUAGES or self._has_current(code, on))

    def units(self, on: date) -> list[Unit]:
        """Return every text told on that day or known to come."""
        return units_told(self.library, on)

    def _has_current(self, language: str, on: date) -> bool:
        done = {*human_translations(language, self.folder), *self._recorded(language)}
        for identifier in sorted(done):
            unit = self.message(identifier) or self._told(identifier, on)
            if unit is None:
                continue
            work = self.work_on(language, unit)
            if work.translation is not None or work.recording is not None:
                return True
        return False

    def _told(self, identifier: str, on: date) -> Unit | None:
        statement = self.library.statements.get(identifier)
        if statement is None:
            return None
        period = next((period for period in self.library.periods_of(statement) if period.covers(on)), None)
        return None if period is None else self._unit(identifier, period.valid_from)

    def _recorded(self, language: str) -> dict[str, tuple[Recording, ...]]:
        return self.recordings.of(language) if self.recordings is not None else {}

    def _unit(self, identifier: str, begins: date) -> Unit:
        unit = self._units.get((identifier, begins))
        if unit is None:
            statement = self.library.statements[identifier.removesuffix(ANNOUNCEMENT)]
            period = next(p for p in self.library.periods_of(statement) if p.valid_from == begins)
            make = announcement_unit if identifier.endswith(ANNOUNCEMENT) else statement_unit
            unit = self._units[identifier, begins] = make(self.library, statement, period)
        return unit

    def _filled(self, translation: HumanTranslation, language: str, valid_from: date, valid_to: date | None) -> str:
        return fill_placeholders(
            translation.text,
            on=valid_from,
            valid_from=valid_from,
            valid_to=valid_to,
            parameters=self.library.parameters,
            documents=self.library.documents,
            catalogue=catalogue_for(language),
        ).strip()


def _standing(current: bool, any_version: bool) -> Standing:
    if current:
        return Standing.CURRENT
    return Standing.OUTDATED if any_version else Standing.MISSING
