"""What is checked of the register of legal documents: its links, doubles, and what rests on each document."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from content.check_places import places_of
from content.documents import LegalDocument
from content.legislation_names import documents_named_by_rules
from content.library import Library
from content.placeholders import find_placeholders
from content.statements import Statement

_YEAR = re.compile(r"/\d{4}\b")
LINKS = ("amends", "replaces", "replaced_by")


def document_complaints(library: Library) -> Iterator[tuple[Path, str]]:
    """(file, message) for every document that is linked wrongly or described twice."""
    for document in library.documents.values():
        for message in (*_unknown_links(library, document), *_one_sided_links(library, document)):
            yield file_of(library, document), message
    yield from _twins(library)
    for identifier, file in documents_named_by_rules(library.root).items():
        if identifier not in library.documents:
            yield file, f"names the document `{identifier}`, which no file describes."


def unused_documents(library: Library) -> Iterator[tuple[Path, str]]:
    """(file, message) for every document that nothing rests on and that does not say why it is kept."""
    used = documents_in_use(library)
    for document in library.documents.values():
        if document.id not in used and document.kept_for is None:
            yield (
                file_of(library, document),
                "nothing rests on this document. Use it, delete it, or say under `kept_for` why the register holds it.",
            )


def documents_in_use(library: Library) -> set[str]:
    """Ids that a statement, a number, a rule or the places name, and all that is linked to those."""
    waiting = set(documents_named_by_rules(library.root)) | {
        name for statement in library.statements.values() for name in documents_of(statement)
    }
    for parameter in library.parameters.values():
        waiting |= {r.document for entry in parameter.values if entry.metadata for r in entry.metadata.reference}
    waiting |= set(places_of(library).province.documents)
    amending: dict[str, set[str]] = defaultdict(set)
    for document in library.documents.values():
        for other in document.amends:
            amending[other].add(document.id)
    used: set[str] = set()
    while waiting:
        identifier = waiting.pop()
        if identifier in used or identifier not in library.documents:
            continue
        used.add(identifier)
        document = library.documents[identifier]
        waiting |= {other for link in LINKS for other in getattr(document, link)} | amending[identifier]
    return used


def documents_of(statement: Statement) -> set[str]:
    """The ids of the documents that a statement names as source or in its words."""
    named: set[str] = set()
    for version in statement.versions:
        named |= {reference.document for reference in version.sources}
        for bilingual in (version.text, version.announcement):
            if bilingual is not None:
                placeholders = find_placeholders(bilingual.vi + bilingual.en)
                named |= {placeholder.name for placeholder in placeholders if placeholder.kind == "document"}
    return named


def file_of(library: Library, document: LegalDocument) -> Path:
    """Where a document is described."""
    return library.root / "documents" / f"{document.id}.yaml"


def _unknown_links(library: Library, document: LegalDocument) -> Iterator[str]:
    for key in LINKS:
        for other in getattr(document, key):
            if other not in library.documents:
                yield f"`{key}` names `{other}`, which no file describes."


def _one_sided_links(library: Library, document: LegalDocument) -> Iterator[str]:
    for other in document.replaces:
        if other in library.documents and document.id not in library.documents[other].replaced_by:
            yield f"replaces `{other}`, whose file lacks `replaced_by: [{document.id}]`. Add it there."
    for other in document.replaced_by:
        if other in library.documents and document.id not in library.documents[other].replaces:
            yield f"is replaced by `{other}`, whose file lacks `replaces: [{document.id}]`. Add it."


def _twins(library: Library) -> Iterator[tuple[Path, str]]:
    by_number: dict[tuple[str, str, str, str], list[LegalDocument]] = defaultdict(list)
    for document in library.documents.values():
        number = " ".join(document.number.casefold().split())
        # "25/QĐ-UBND" is counted anew every year; "351/2025/NĐ-CP" names its year itself.
        year = "" if document.signed is None or _YEAR.search(number) else str(document.signed.year)
        by_number[document.kind, document.issuer, number, year].append(document)
    for twins in by_number.values():
        for twin in twins[1:]:
            yield file_of(library, twin), f"describes the document of `{twins[0].id}` again. Keep one of them."
