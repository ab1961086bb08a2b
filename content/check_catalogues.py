"""What is checked of the catalogues: both complete languages hold the same keys and the same values."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.pofile import read_po

from content.documents import DocumentKind, Issuer
from content.offices import Office
from content.parameters import Unit
from content.topics import Area, Aspect, Certainty, Group, Topic
from content.translations import COMPLETE_LANGUAGES, LANGUAGES

_VALUE = re.compile(r"\{(\w+)\}")

# Counts and years stand alone, and a day of the year is written by the date format: none has words.
_UNITS_WITHOUT_WORDS = (Unit.COUNT, Unit.CALENDAR_YEAR, Unit.MONTH_DAY)


def required_keys(offices: Mapping[str, Office]) -> set[str]:
    """The keys that follow from the closed lists and the offices."""
    closed_lists = {
        "topic": Topic,
        "aspect": Aspect,
        "group": Group,
        "area": Area,
        "certainty": Certainty,
        "document_kind": DocumentKind,
        "issuer": Issuer,
    }
    keys = {f"{prefix}.{member}" for prefix, members in closed_lists.items() for member in members}
    keys |= {"announcement.from_date", "unit.billion-VND"}
    keys |= {f"unit.{unit}" for unit in Unit if unit not in _UNITS_WITHOUT_WORDS}
    return keys | {f"office.{key}" for key in offices}


def catalogue_complaints(folder: Path, offices: Mapping[str, Office]) -> Iterator[tuple[Path, str]]:
    """(file, message) for every key that is missing, empty or asks for other values in one language."""
    words = {language: _messages(folder, language) for language in COMPLETE_LANGUAGES}
    every_key: dict[str, str] = {}
    for messages in words.values():
        every_key |= {key: file for key, (file, _) in messages.items()}
    for key in sorted(required_keys(offices) - every_key.keys()):
        every_key[key] = "content.po"
    for key, file_name in every_key.items():
        for language, messages in words.items():
            if key not in messages or not messages[key][1]:
                yield (
                    _po_file(folder, language, file_name),
                    f"key `{key}` has no words in {LANGUAGES[language].name}.",
                )
        asked = {frozenset(_VALUE.findall(m[key][1])) for m in words.values() if key in m and m[key][1]}
        if len(asked) > 1:
            yield (
                _po_file(folder, COMPLETE_LANGUAGES[0], file_name),
                f"key `{key}` asks for different values in {' and '.join(COMPLETE_LANGUAGES)}.",
            )


def _messages(folder: Path, language: str) -> dict[str, tuple[str, str]]:
    messages: dict[str, tuple[str, str]] = {}
    for file in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key:
                    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
                    complete = all(strings) and not message.fuzzy
                    messages[key] = (file.name, " ".join(strings) if complete else "")
    return messages


def _po_file(folder: Path, language: str, name: str) -> Path:
    return folder / language / "LC_MESSAGES" / name
