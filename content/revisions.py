"""Revisions: statements and numbers that staff changed, laid over the shipped files and put in force at once.

The files stay the shipped truth. A revision holds the whole new content of one file; the newest approved one of each is
in force until it is exported back (`export_revisions`) and shipped with the next release.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from content.check import Severity, check_policy
from content.eligibility import current_rules
from content.library import Library, assemble, load_library
from content.parameters import Parameter, make_parameter, parse_parameter
from content.statements import Statement
from content.yaml_files import ContentError, read_yaml


class RevisionKind(StrEnum):
    """What a revision changes."""

    STATEMENT = "statement"
    PARAMETER = "parameter"


@dataclass(frozen=True)
class Revision:
    """The new content of one statement or number. `data` is what its YAML file would hold, dates as ISO strings."""

    kind: RevisionKind
    name: str
    data: Mapping[str, Any]


class UnusableRevision(ValueError):
    """A revision that cannot be read as what it claims to be; the message names the first wrong key."""


@dataclass(frozen=True)
class _Shipped:
    statements: Mapping[str, Statement]
    files: Mapping[str, Path]
    parameters: Mapping[str, Parameter]


@lru_cache(maxsize=4)
def _shipped(root: Path) -> _Shipped:
    """What the files say, kept apart from a library that revisions change."""
    library = load_library(root)
    return _Shipped(dict(library.statements), dict(library.statement_files), dict(library.parameters))


def put_in_force(library: Library, revisions: Iterable[Revision]) -> None:
    """Make a library tell its shipped files with these revisions laid over them, and nothing of earlier ones.

    In place, between two answers: whoever holds the library tells the new content from the next answer on.

    Raises:
        UnusableRevision, ContentError: nothing was changed.
    """
    new = with_revisions(library, revisions)
    library.tell_what(new)
    current_rules.cache_clear()


def with_revisions(library: Library, revisions: Iterable[Revision]) -> Library:
    """Return a library of its own with the shipped files of `library` and these revisions.

    Raises:
        UnusableRevision, ContentError: it cannot be read, or clashes with another statement.
    """
    shipped = _shipped(library.root)
    statements, parameters = dict(shipped.statements), dict(shipped.parameters)
    for one in revisions:
        if one.kind is RevisionKind.STATEMENT:
            statements[one.name] = parse_statement(one)
        else:
            parameters[one.name] = parse_number(library, one)
    return assemble(library.root, library.documents, parameters, library.offices, statements, dict(shipped.files))


def parse_statement(revision: Revision) -> Statement:
    """Return the statement of a revision. Raises UnusableRevision."""
    try:
        statement = Statement.model_validate(dict(revision.data))
    except ValidationError as error:
        raise UnusableRevision(_first(error)) from error
    if statement.id != revision.name:
        raise UnusableRevision(f"id: `{statement.id}` is not `{revision.name}`")
    parts = [statement.topic, statement.aspect, *(str(group) for group in statement.groups[:1])]
    if ".".join(parts) != revision.name:
        raise UnusableRevision("topic, aspect and first group must be those of the id")
    return statement


def parse_number(library: Library, revision: Revision) -> Parameter:
    """Return the dated number of a revision. Raises UnusableRevision."""
    file = file_of(library, revision.kind, revision.name)
    try:
        return make_parameter(revision.name, file, parse_parameter(dict(revision.data), file))
    except ContentError as error:
        raise UnusableRevision(error.cause) from error


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc']) or '(top level)'}: {first['msg']}"


def file_of(library: Library, kind: RevisionKind, name: str) -> Path:
    """Return the file in which something stands. Raises KeyError for what no file holds."""
    shipped = _shipped(library.root)
    return shipped.files[name] if kind is RevisionKind.STATEMENT else shipped.parameters[name].file


def shipped_data(library: Library, kind: RevisionKind, name: str) -> dict[str, Any]:
    """Return what the shipped file holds, as a revision would. Raises KeyError for what no file holds."""
    return dict(plain(read_yaml(file_of(library, kind, name))))


def plain(value: Any) -> Any:
    """Return YAML data as JSON can hold it: dates as ISO strings, keys as strings."""
    if isinstance(value, Mapping):
        return {key.isoformat() if isinstance(key, date) else str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def fingerprint_of(data: Mapping[str, Any]) -> str:
    """Return what tells two contents of one file apart."""
    return hashlib.sha256(json.dumps(plain(data), sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def complaints_about(library: Library, revision: Revision, in_force: Sequence[Revision], *, today: date) -> list[str]:
    """Return what the content check finds with a revision that it does not find without it."""
    before = with_revisions(library, in_force)
    try:
        after = with_revisions(library, [*in_force, revision])
    except (UnusableRevision, ContentError) as error:
        return [str(error)]
    known = {(one.file, one.message) for one in check_policy(before, today)}
    return [
        one.message
        for one in check_policy(after, today)
        if one.severity is Severity.ERROR and (one.file, one.message) not in known
    ]


@dataclass(frozen=True)
class Effect:
    """What one statement says in one stretch of days, before and after a revision; None where it says nothing."""

    statement: str
    valid_from: date
    valid_to: date | None
    before: str | None
    after: str | None


def effects_of(library: Library, revision: Revision, in_force: Sequence[Revision], language: str) -> list[Effect]:
    """Return every stretch of days in which a statement would say something else.

    Raises:
        UnusableRevision, ContentError: the revision cannot be read.
    """
    before = with_revisions(library, in_force)
    after = with_revisions(library, [*in_force, revision])
    effects = []
    for name in after.statements:
        old, new = _told(before, name, language), _told(after, name, language)
        if old == new:
            continue
        for day in sorted({one.valid_from for one in (*old, *new)}):
            was, is_now = _on(old, day), _on(new, day)
            before_words = was.words if was is not None else None
            after_words = is_now.words if is_now is not None else None
            if before_words != after_words:
                end = is_now.valid_to if is_now is not None else None
                effects.append(Effect(name, day, end, before_words, after_words))
    return effects


@dataclass(frozen=True)
class _Stretch:
    valid_from: date
    valid_to: date | None
    words: str


def _told(library: Library, name: str, language: str) -> list[_Stretch]:
    return [
        _Stretch(period.valid_from, period.valid_to, library.text_of(period, language))
        for period in library.periods_of(library.statements[name])
    ]


def _on(stretches: Sequence[_Stretch], day: date) -> _Stretch | None:
    for one in stretches:
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to):
            return one
    return None


#: Keys in the order in which the files have them; the database keeps none.
_ORDER = (
    *("id", "topic", "aspect", "groups", "description", "unit", "label", "owner", "reviewed_on", "review_months"),
    *("used_by", "office", "versions", "valid_from", "valid_to", "gap", "value", "metadata", "values", "certainty"),
    *("reference", "fact_sources", "sources", "document", "article", "text", "announcement", "vi", "en"),
)
_PLACE = {key: place for place, key in enumerate(_ORDER)}


def in_order(value: Any) -> Any:
    """Return content with its keys in the order of the files; dates in theirs."""
    if isinstance(value, Mapping):
        return {key: in_order(value[key]) for key in sorted(value, key=lambda one: (_PLACE.get(one, len(_PLACE)), one))}
    return [in_order(one) for one in value] if isinstance(value, list) else value


class _Dumper(yaml.SafeDumper):
    """Writes like the files are written: dates bare, long texts as blocks."""


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _string)

_DATES = ("valid_from", "valid_to", "reviewed_on")


def as_yaml(data: Mapping[str, Any]) -> str:
    """Return content as a YAML file holds it."""
    return yaml.dump(_with_dates(in_order(data)), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def _with_dates(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {_day(name) if key == "values" else name: _with_dates(one, str(name)) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_dates(one) for one in value]
    return _day(value) if key in _DATES and isinstance(value, str) else value


def _day(text: Any) -> Any:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return text


def from_yaml(text: str) -> dict[str, Any]:
    """Read content that somebody edited as YAML. Raises UnusableRevision."""
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UnusableRevision(str(error)) from error
    if not isinstance(loaded, dict):
        raise UnusableRevision("no `key: value` lines")
    return dict(plain(loaded))


def export_revisions(library: Library, revisions: Iterable[Revision], folder: Path) -> list[Path]:
    """Write revisions as files below `folder`, where those of the content folder lie; return the files."""
    written = []
    for place, words in _as_files(library, revisions):
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(words, encoding="utf-8")
        written.append(file)
    return written


def zipped_revisions(library: Library, revisions: Iterable[Revision]) -> bytes:
    """Return the same files as an archive, to be unpacked into the folder `content` of the repository."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, words in _as_files(library, revisions):
            archive.writestr(place.as_posix(), words)
    return packed.getvalue()


def _as_files(library: Library, revisions: Iterable[Revision]) -> Iterator[tuple[Path, str]]:
    for one in revisions:
        yield file_of(library, one.kind, one.name).relative_to(library.root), as_yaml(one.data)
