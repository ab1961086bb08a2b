"""What people translated: `translations/<language>/*.yaml`, each text with translator, reviewer and fingerprint.

A translation belongs to the Vietnamese words that the translator saw. When these, or a number in them, change, their
fingerprint changes and the translation is not used any more.
"""

import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from content.yaml_files import ContentError, parse_model, read_yaml

#: Hexadecimal digits of a fingerprint. Fingerprints are compared within one text only, and are read out on paper lists.
FINGERPRINT_LENGTH = 12

_BRACED = re.compile(r"\{([^{}]*)\}")
_HEADING = "# Made by `chungtay languages import` from what people translated and reviewed. Not written by hand.\n"


def fingerprint(*words: str) -> str:
    """Return the fingerprint of a text version, the same for any Unicode form of the words."""
    joined = "\x1f".join(unicodedata.normalize("NFC", part).strip() for part in words)
    return hashlib.sha256(joined.encode()).hexdigest()[:FINGERPRINT_LENGTH]


class HumanTranslation(BaseModel):
    """One text in one language, as a person wrote it and another one reviewed it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    fingerprint: str = Field(pattern=rf"^[0-9a-f]{{{FINGERPRINT_LENGTH}}}$")
    translator: str = Field(min_length=1)
    reviewer: str = Field(min_length=1)
    reviewed_on: date
    text: str = Field(min_length=1)

    @property
    def placeholders(self) -> frozenset[str]:
        """What stands in braces."""
        return braced(self.text)


def braced(words: str) -> frozenset[str]:
    """Return what stands in braces in a text."""
    return frozenset(_BRACED.findall(words))


class _TranslationFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    translations: tuple[HumanTranslation, ...]


def translation_file(folder: Path, language: str, identifier: str) -> Path:
    """Return where the translation of a text lies: a file per topic, and one for each kind of the bot's own words."""
    return folder / language / f"{identifier.partition('.')[0]}.yaml"


@lru_cache(maxsize=64)
def human_translations(language: str, folder: Path) -> dict[str, tuple[HumanTranslation, ...]]:
    """Return what people translated into a language, by id of the text; read once.

    Raises:
        ContentError: a file is not of the form above, or holds a text twice.
    """
    found: dict[str, tuple[HumanTranslation, ...]] = {}
    for file in sorted((folder / language).glob("*.yaml")):
        for translation in parse_model(_TranslationFile, read_yaml(file), file).translations:
            others = found.get(translation.id, ())
            if any(other.fingerprint == translation.fingerprint for other in others):
                raise ContentError(file, f"holds `{translation.id}` twice for one text.", "Keep one of them.")
            if file != translation_file(folder, language, translation.id):
                raise ContentError(
                    file,
                    f"holds `{translation.id}`.",
                    f"Move it to {translation_file(folder, language, translation.id).name}.",
                )
            found[translation.id] = (*others, translation)
    return found


def save_translations(
    language: str, folder: Path, new: Iterable[HumanTranslation], *, still_told: frozenset[str]
) -> list[Path]:
    """Add translations to the files of a language and return the files written.

    Args:
        new: replaces what is there for the same text.
        still_told: fingerprints of all texts that are told or will be; translations of other ones are dropped, as
            soon as a new one of the same text comes.
    """
    known = {key: list(several) for key, several in human_translations(language, folder).items()}
    changed = set()
    for translation in new:
        others = known.get(translation.id, [])
        kept = [one for one in others if one.fingerprint != translation.fingerprint and one.fingerprint in still_told]
        known[translation.id] = [*kept, translation]
        changed.add(translation_file(folder, language, translation.id))
    written: list[tuple[Path, str]] = []
    for file in sorted(changed):
        entries = [
            one.model_dump()
            for key in sorted(known)
            if translation_file(folder, language, key) == file
            for one in known[key]
        ]
        written.append((file, _HEADING + _as_yaml({"translations": entries})))
    for file, content in written:
        _write_whole(file, content)
    human_translations.cache_clear()
    return [file for file, _ in written]


def _write_whole(file: Path, content: str) -> None:
    """Write a file so that a reader, or a crash, sees the old or the new one and nothing between."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(file)


class _Dumper(yaml.SafeDumper):
    """Writes several lines as a block, as people write them."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _as_yaml(value: object) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=118))
