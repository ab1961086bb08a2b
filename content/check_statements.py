"""What is checked of one statement: sources, dates, prose, placeholders, certainty."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from content.check_prose import numbers_in_prose
from content.documents import BilingualText
from content.library import Library
from content.parameters import Parameter
from content.placeholders import Placeholder, find_placeholders, without_placeholders
from content.statements import Statement, StatementVersion

LONGEST_TEXT = 1600
"""Characters. Zalo cuts a message at 2,000, and sources, validity and advice follow in the same one."""

FACT_SOURCE = re.compile(r"[SD]\d+[a-z]?|F\d+(\.\d+)?")

# Only the commune decides: no text may turn anybody away.
REFUSALS = ("không đủ điều kiện", "không được hưởng", "do not qualify", "not eligible")


def statement_complaints(library: Library, statement: Statement, today: date) -> Iterator[str]:
    """Every problem of one statement, as a sentence with the next step."""
    if statement.office not in library.offices:
        yield f"names the office `{statement.office}`, which offices.yaml does not hold."
    if statement.review_has_expired_on(today):
        since = statement.review_expires_on + timedelta(days=1)
        yield f"the review stamp ran out; due since {since}. `{statement.owner}` must read it again."
    yield from _validity(statement)
    for version in statement.versions:
        for complaint in _version(library, version):
            yield f"version from {version.valid_from}: {complaint}"


def _validity(statement: Statement) -> Iterator[str]:
    for earlier, later in zip(statement.versions, statement.versions[1:], strict=False):
        if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
            yield f"the versions from {earlier.valid_from} and {later.valid_from} overlap. End the first one earlier."
        elif earlier.valid_to + timedelta(days=1) < later.valid_from and later.gap is None:
            yield (
                f"no version covers the days between {earlier.valid_to} and {later.valid_from}. "
                "Close the gap, or write `gap: <reason>` in the later version."
            )


def _version(library: Library, version: StatementVersion) -> Iterator[str]:
    for reference in version.sources:
        document = library.documents.get(reference.document)
        if document is None:
            yield f"names the document `{reference.document}`, which no file describes."
        elif document.ended and (version.valid_to is None or version.valid_to > document.ended):
            yield f"rests on `{document.id}`, which ended on {document.ended}. End the version too."
    for code in version.fact_sources:
        if not FACT_SOURCE.fullmatch(code):
            yield f"`{code}` is no fact source. Write codes like S05, D01, or F3.2 for a section of the facts."
    yield from _text(library, version, version.text, "text")
    if version.announcement is not None:
        yield from _text(library, version, version.announcement, "announcement")
        if "{valid_from}" not in version.announcement.vi:
            yield "the announcement does not say from when. Write `{valid_from}` in it."


def _text(library: Library, version: StatementVersion, bilingual: BilingualText, key: str) -> Iterator[str]:
    for language, text in (("vi", bilingual.vi), ("en", bilingual.en)):
        where = f"{key}.{language}"
        prose = without_placeholders(text)
        for number in numbers_in_prose(text, language):
            yield f"{where} holds the number `{number}` in its prose. Make it a parameter."
        if "{" in prose or "}" in prose:
            yield f"{where} holds a brace that belongs to no placeholder."
        if len(text) > LONGEST_TEXT:
            yield f"{where} has {len(text)} characters, more than {LONGEST_TEXT}. Shorten or split it."
        for refusal in REFUSALS:
            if refusal in text.lower():
                yield f"{where} says “{refusal}”. Say what is possible and whom to ask; the commune decides."
        for placeholder in find_placeholders(text):
            for complaint in _placeholder(library, version, placeholder):
                yield f"{where}: {complaint}"
    vi, en = (sorted({p.name for p in find_placeholders(text)}) for text in (bilingual.vi, bilingual.en))
    if vi != en:
        different = ", ".join(sorted(set(vi) ^ set(en)))
        yield f"{key}: only one of the languages shows {different}. Both must give the same facts."


def _placeholder(library: Library, version: StatementVersion, placeholder: Placeholder) -> Iterator[str]:
    name = f"{{{placeholder.raw}}}"
    if placeholder.kind == "unknown":
        yield f"{name} is no placeholder. Write a parameter, `document:<id>`, `valid_from` or `valid_to`."
    elif placeholder.kind == "document":
        if placeholder.name not in library.documents:
            yield f"{name} names a document which no file describes."
    elif placeholder.kind == "date":
        if placeholder.name == "valid_to" and version.valid_to is None:
            yield f"{name} is used, but the version has no last day."
    elif placeholder.name not in library.parameters:
        yield f"{name} names a parameter which no file holds."
    elif version.certainty.is_uncertain:
        yield f"{name} gives a number, but the certainty {version.certainty} allows none. Name the office."
    else:
        yield from _values(library.parameters[placeholder.name], version, name)


def _values(parameter: Parameter, version: StatementVersion, name: str) -> Iterator[str]:
    days = [
        version.valid_from,
        *(d for d in parameter.starts if version.valid_from < d and version.covers(d)),
    ]
    for day in days:
        entry = parameter.at(day)
        if entry is None or entry.metadata is None:
            yield f"{name} has no value on {day}, though the version is valid then."
            continue
        certainty = entry.metadata.certainty
        # V and V2 are both told without a warning, so that they may stand beside each other.
        told_surer = not version.certainty.needs_confirmation and certainty.needs_confirmation
        if told_surer or certainty.is_uncertain:
            yield f"{name} is {certainty} on {day}, less sure than the version ({version.certainty})."
