"""How far each language is: translated, outdated, missing; recordings likewise. And what the content check warns of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from content.human_languages import HumanLanguages, Standing
from content.human_translations import human_translations, translation_file
from content.library import Library
from content.placeholders import PlaceholderError
from content.translations import LANGUAGES
from content.units import ANNOUNCEMENT, Unit, UnitKind, units_told
from content.yaml_files import ContentError


def language_report(languages: HumanLanguages, on: date, codes: Sequence[str] = tuple(LANGUAGES)) -> dict[str, Any]:
    """Return counts and lists per language, as `chungtay languages report --json` prints them.

    Texts that begin on a later day and announcements are counted with the statements.
    """
    units = languages.units(on)
    return {
        "on": on.isoformat(),
        "texts": len(units),
        "languages": {code: _of_language(languages, code, units) for code in codes},
    }


def _of_language(languages: HumanLanguages, code: str, units: Sequence[Unit]) -> dict[str, Any]:
    language = LANGUAGES[code]
    recordable = [unit for unit in units if unit.can_be_recorded and _is_heard(unit)]
    works = {(unit.id, unit.fingerprint): languages.work_on(code, unit) for unit in units}
    translated = [
        (unit, Standing.CURRENT if language.is_translated else works[unit.id, unit.fingerprint].translation_standing)
        for unit in units
    ]
    recorded = [(unit, works[unit.id, unit.fingerprint].recording_standing) for unit in recordable]
    return {"name": language.name, "translations": _counted(translated), "recordings": _counted(recorded)}


def _is_heard(unit: Unit) -> bool:
    """Statements, and what the bot says in whole sentences; labels and announcements are not played."""
    return unit.kind is UnitKind.STATEMENT or (
        unit.kind is UnitKind.MESSAGE and unit.group == "bot" and unit.id.count(".") == 1
    )


def _counted(standings: Sequence[tuple[Unit, Standing]]) -> dict[str, Any]:
    counts = Counter(standing for _, standing in standings)
    topics: dict[str, Counter[Standing]] = {}
    for unit, standing in standings:
        topics.setdefault(unit.group, Counter())[standing] += 1
    return {
        **{str(standing): counts[standing] for standing in Standing},
        "topics": {
            topic: {str(standing): number[standing] for standing in Standing} for topic, number in topics.items()
        },
        "outdated_texts": _listed(standings, Standing.OUTDATED),
        "missing_texts": _listed(standings, Standing.MISSING),
    }


def _listed(standings: Sequence[tuple[Unit, Standing]], wanted: Standing) -> list[dict[str, str]]:
    return [{"id": unit.id, "fingerprint": unit.fingerprint} for unit, standing in standings if standing is wanted]


def translation_complaints(library: Library, folder: Path, today: date) -> Iterator[tuple[Path, str, bool]]:
    """(file, message, is an error) for everything translated that is faulty, outdated or of no text at all.

    What is missing is no complaint: the Vietnamese words are told, and `chungtay languages report` lists it.
    """
    started = [code for code in LANGUAGES if any((folder / code).glob("*.yaml"))]
    if not started:
        return
    try:
        units = units_told(library, today)
    except (PlaceholderError, KeyError):
        # Reported where it stands; translations are judged once the Vietnamese is right.
        return
    current = {(unit.id, unit.fingerprint): unit for unit in units}
    ids = {unit.id for unit in units}
    for code in started:
        try:
            known = human_translations(code, folder)
        except ContentError as error:
            yield Path(error.file), f"{error.cause} {error.remedy}".strip(), True
            continue
        for identifier, several in known.items():
            file = translation_file(folder, code, identifier)
            for translation in several:
                unit = current.get((identifier, translation.fingerprint))
                if unit is None:
                    continue
                if translation.placeholders != unit.placeholders:
                    yield file, f"`{identifier}` asks for other values than the Vietnamese. Import it again.", True
            if any((identifier, one.fingerprint) in current for one in several):
                continue
            if identifier in ids:
                yield file, f"`{identifier}` is outdated: the Vietnamese has changed. Have it translated again.", False
            elif identifier.removesuffix(ANNOUNCEMENT) not in library.statements:
                yield file, f"`{identifier}` is no text of ours any more. Take it out.", False
