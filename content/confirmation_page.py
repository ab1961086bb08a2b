"""docs/to-confirm.md: what the policy owners have to compare with the legal texts before the bot goes live."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from content.documents import DocumentKind
from content.library import Library
from content.parameters import Parameter, ParameterValue
from content.placeholders import format_quantity
from content.statements import Statement, StatementVersion
from content.topics import Certainty
from content.translations import catalogue_for

_EN = catalogue_for("en")
NEVER_DATED = (
    DocumentKind.FORM,
    DocumentKind.LEAFLET,
    DocumentKind.GUIDANCE,
    DocumentKind.NEWS,
    DocumentKind.PROCEDURE,
)
"""Kinds whose dates nobody looks for."""


def confirmation_page(library: Library, day: date) -> str:
    """The list in Markdown: numbers, then statements, then what is not known, by owner."""
    return "\n".join(_lines(library, day)) + "\n"


def _lines(library: Library, day: date) -> Iterator[str]:
    yield "# To confirm before go-live"
    yield ""
    yield "Made from `content/` by `make docs`; do not edit by hand."
    yield ""
    yield (
        f"Whatever holds on {day} or later and does not rest on the legal text itself. `V2` is told as it is and `MH` "
        "with the advice to ask the commune: the owner compares both with the document and sets `certainty: V`. `MM`, "
        "`ML` and `U` give no number: the owner finds the document, or leaves them so."
    )
    yield ""
    yield "## Numbers"
    yield ""
    yield "| owner | number | from | value | certainty | documents | seen in |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for parameter, start, entry in _numbers(library, day):
        yield _number_row(library, parameter, start, entry)
    for heading, uncertain in (("Statements", False), ("Not known", True)):
        yield ""
        yield f"## {heading}"
        yield ""
        yield "| owner | statement | valid | certainty | documents | seen in |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for statement, version in _versions(library, day):
            if version.certainty.is_uncertain is uncertain:
                yield _version_row(library, statement, version)
    yield from _documents_to_see(library)
    yield from _dates_missing(library)


def _numbers(library: Library, day: date) -> Iterator[tuple[Parameter, date, ParameterValue]]:
    for parameter in sorted(library.parameters.values(), key=lambda one: (one.metadata.owner, one.name)):
        ends = [*parameter.starts[1:], date.max]
        for start, end, entry in zip(parameter.starts, ends, parameter.values, strict=True):
            if entry.metadata is not None and entry.metadata.certainty is not Certainty.V and end > day:
                yield parameter, start, entry


def _number_row(library: Library, parameter: Parameter, start: date, entry: ParameterValue) -> str:
    assert entry.metadata is not None and entry.value is not None
    cells = (
        f"`{parameter.metadata.owner}`",
        f"`{parameter.name}`<br>{parameter.metadata.label.vi}",
        str(start),
        format_quantity(entry.value, parameter.metadata.unit, _EN),
        f"`{entry.metadata.certainty}`",
        _documents(library, (reference.document for reference in entry.metadata.reference)),
        ", ".join(entry.metadata.fact_sources),
    )
    return f"| {' | '.join(cells)} |"


def _versions(library: Library, day: date) -> Iterator[tuple[Statement, StatementVersion]]:
    for statement in sorted(library.statements.values(), key=lambda one: (one.owner, one.id)):
        for version in statement.versions:
            if version.certainty is not Certainty.V and (version.valid_to is None or version.valid_to >= day):
                yield statement, version


def _version_row(library: Library, statement: Statement, version: StatementVersion) -> str:
    cells = (
        f"`{statement.owner}`",
        f"`{statement.id}`",
        f"{version.valid_from} – {version.valid_to or 'open'}",
        f"`{version.certainty}`",
        _documents(library, (reference.document for reference in version.sources)),
        ", ".join(version.fact_sources),
    )
    return f"| {' | '.join(cells)} |"


def _documents_to_see(library: Library) -> Iterator[str]:
    yield ""
    yield "## Documents not seen themselves"
    for certainty in Certainty:
        numbers = sorted(d.number for d in library.documents.values() if d.certainty is certainty and not d.kept_for)
        if numbers and certainty is not Certainty.V:
            yield ""
            yield f"- `{certainty}`: {', '.join(numbers)}"


def _dates_missing(library: Library) -> Iterator[str]:
    missing: dict[str, list[str]] = defaultdict(list)
    for document in library.documents.values():
        absent = [name for name in ("signed", "effective") if getattr(document, name) is None]
        if absent and document.kept_for is None and document.kind not in NEVER_DATED:
            missing[" and ".join(absent)].append(document.number)
    yield ""
    yield "## Dates of documents not known"
    for absent_dates, numbers in sorted(missing.items()):
        yield ""
        yield f"- {absent_dates}: {', '.join(sorted(numbers))}"


def _documents(library: Library, identifiers: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(library.documents[identifier].number for identifier in identifiers))
