"""docs/legal-documents.md: every legal document, year by year, with what replaced it and which statements use it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from content.check_documents import documents_in_use, documents_of
from content.documents import LegalDocument
from content.library import Library
from content.placeholders import document_name
from content.translations import catalogue_for

PAGE = "docs/legal-documents.md"
_VI, _EN = catalogue_for("vi"), catalogue_for("en")


def legal_documents_page(library: Library, day: date) -> str:
    """The register in Markdown, with what is still to come after a day."""
    return "\n".join(_lines(library, day)) + "\n"


def _lines(library: Library, day: date) -> Iterator[str]:
    used = documents_in_use(library)
    use = _use(library)
    yield "# Legal documents"
    yield ""
    yield "Made from `content/documents/` by `make docs`; do not edit by hand."
    yield ""
    yield (
        f"{len(library.documents)} documents, {len(used)} of them behind an answer or a number. “–” in a date means "
        "not known: such a document never announces a change. An answer that rests on a replaced document says so. "
        "Certainty is explained in [content format](content-format.md#certainty)."
    )
    coming = [one for one in library.documents.values() if one.effective is not None and one.effective > day]
    for document in sorted(coming, key=_order):
        yield ""
        yield f"- Takes effect on {document.effective}: {document_name(document, _VI)}, {document.title.vi}"
    by_year: dict[int | None, list[LegalDocument]] = defaultdict(list)
    for document in library.documents.values():
        known = document.signed or document.effective
        by_year[known.year if known else None].append(document)
    for year in sorted(by_year, key=lambda one: one or 0, reverse=True):
        yield ""
        yield f"## {year or 'Day of signing and first day not known'}"
        yield ""
        yield "| document | subject | signed | effective | ended | links | certainty | used by |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        for document in sorted(by_year[year], key=_order):
            yield _row(library, document, use, used)


def _row(library: Library, document: LegalDocument, use: dict[str, Counter[str]], used: set[str]) -> str:
    names = use[document.id]
    used_by = ", ".join(f"{name} ({count})" if count > 1 else name for name, count in sorted(names.items()))
    if not used_by and document.id in used:
        used_by = "a rule, or a document that it is linked to"
    cells = (
        document_name(document, _VI),
        f"{document.title.vi}<br>*{document.title.en}*",
        *(str(day or "–") for day in (document.signed, document.effective, document.ended)),
        "<br>".join(_links(library, document)),
        document.certainty,
        used_by or (f"kept: {document.kept_for}" if document.kept_for else "nothing yet"),
    )
    return f"| {' | '.join(cells)} |"


def _links(library: Library, document: LegalDocument) -> Iterator[str]:
    amended_by = [other.id for other in library.documents.values() if document.id in other.amends]
    for label, others in (
        ("**replaced by**", document.replaced_by),
        ("replaces", document.replaces),
        ("amends", document.amends),
        ("amended by", amended_by),
    ):
        if others:
            yield f"{label} {_numbers(library, others)}"


def _numbers(library: Library, identifiers: Iterable[str]) -> str:
    return ", ".join(library.documents[identifier].number for identifier in identifiers)


def _use(library: Library) -> dict[str, Counter[str]]:
    """For each document the topics whose statements name it, and the folders of numbers that rest on it."""
    use: dict[str, Counter[str]] = defaultdict(Counter)
    for statement in library.statements.values():
        for identifier in documents_of(statement):
            use[identifier][f"[{statement.topic}](knowledge/{statement.topic}.md)"] += 1
    for parameter in library.parameters.values():
        named = {r.document for entry in parameter.values if entry.metadata for r in entry.metadata.reference}
        for identifier in named:
            use[identifier][f"numbers `{parameter.name.split('.')[0]}`"] += 1
    return use


def _order(document: LegalDocument) -> tuple[str, str]:
    day = document.signed or document.effective
    return day.isoformat() if day else "", document.number
