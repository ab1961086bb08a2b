"""The content check: everything that must hold before an answer may be told, as a list of problems."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from content.campaigns import starter_complaints
from content.check_catalogues import catalogue_complaints
from content.check_documents import document_complaints, unused_documents
from content.check_places import place_complaints
from content.check_statements import statement_complaints
from content.language_report import translation_complaints
from content.legislation_names import parameters_named_by_rules
from content.library import Library
from content.parameters import Parameter
from content.placeholders import find_placeholders
from content.statements import add_months
from content.topics import Certainty
from content.translations import TRANSLATIONS_DIR
from content.yaml_files import CONTENT_DIR

REVIEW_NOTICE = timedelta(days=30)
"""How long before a review stamp runs out its owner is told."""


class Severity(StrEnum):
    """An error keeps content from going live; a warning is work that is coming."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `file` is relative to the content folder where it lies in it."""

    file: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.severity}: {self.file}: {self.message}"


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """A version valid on a day whose facts the policy owner still has to compare with the legal text."""

    statement_id: str
    file: str
    owner: str
    certainty: Certainty
    valid_from: date
    valid_to: date | None


def check_content(library: Library, today: date) -> list[Problem]:
    """All problems of a content folder, sorted by file. Empty where everything may be told."""
    translations = library.root / "translations"
    problems = check_policy(library, today)
    for file, text in unused_documents(library):
        problems.append(Problem(_relative(library, file), text, Severity.WARNING))
    problems += (_problem(library, file, text) for file, text in place_complaints(library))
    problems += (_problem(library, file, text) for file, text in starter_complaints(library))
    for file, text in catalogue_complaints(
        translations if translations.is_dir() else TRANSLATIONS_DIR,
        offices=library.offices,
    ):
        problems.append(_problem(library, file, text))
    for file, text, is_error in translation_complaints(library, translations, today):
        problems.append(Problem(_relative(library, file), text, Severity.ERROR if is_error else Severity.WARNING))
    return sorted(problems, key=lambda problem: (problem.file, problem.message))


def check_policy(library: Library, today: date) -> list[Problem]:
    """The problems of what is told as policy: statements, numbers, documents, and the rules that count with them."""
    problems: list[Problem] = []
    for identifier, statement in library.statements.items():
        file = library.statement_files[identifier]
        problems += (_problem(library, file, text) for text in statement_complaints(library, statement, today))
        if not statement.review_has_expired_on(today) and statement.review_has_expired_on(today + REVIEW_NOTICE):
            message = f"the review stamp ends on {statement.review_expires_on}; `{statement.owner}` is due soon."
            problems.append(Problem(_relative(library, file), message, Severity.WARNING))
    problems += _check_parameters(library, today)
    problems += (_problem(library, file, text) for file, text in document_complaints(library))
    if library.root == CONTENT_DIR:
        # OpenFisca takes a second to load; small test contents have no rules.
        from content.check_legislation import legislation_complaints

        problems += (_problem(library, file, text) for file, text in legislation_complaints(library))
    return problems


def versions_to_confirm(library: Library, on: date) -> list[ToConfirm]:
    """Every version valid that day that rests on anything less than the legal text itself."""
    return [
        ToConfirm(
            statement_id=statement.id,
            file=_relative(library, library.statement_files[statement.id]),
            owner=statement.owner,
            certainty=version.certainty,
            valid_from=version.valid_from,
            valid_to=version.valid_to,
        )
        for statement in library.statements.values()
        for version in statement.versions
        if version.covers(on) and version.certainty is not Certainty.V
    ]


def _check_parameters(library: Library, today: date) -> Iterator[Problem]:
    used = parameters_named_by_rules(library.root) | {
        placeholder.name
        for statement in library.statements.values()
        for version in statement.versions
        for bilingual in (version.text, version.announcement)
        if bilingual is not None
        for placeholder in find_placeholders(bilingual.vi + bilingual.en)
        if placeholder.kind == "parameter"
    }
    for parameter in library.parameters.values():
        if parameter.name not in used and not parameter.metadata.used_by:
            yield _problem(
                library,
                parameter.file,
                "no statement and no rule uses this number. Use it, delete it, or name its reader under `used_by`.",
            )
        expires = add_months(parameter.metadata.reviewed_on, parameter.metadata.review_months)
        if today > expires:
            yield _problem(
                library,
                parameter.file,
                _review_expired(expires, parameter.metadata.owner),
            )
        for document in sorted(_documents_of(parameter) - library.documents.keys()):
            yield _problem(
                library,
                parameter.file,
                f"names the document `{document}`, which no file describes.",
            )


def _documents_of(parameter: Parameter) -> set[str]:
    return {r.document for entry in parameter.values if entry.metadata for r in entry.metadata.reference}


def _review_expired(expired_on: date, owner: str) -> str:
    since = expired_on + timedelta(days=1)
    return f"the review stamp ran out; due since {since}. `{owner}` must read it again and set `reviewed_on`."


def _problem(library: Library, file: Path, message: str) -> Problem:
    return Problem(_relative(library, file), message)


def _relative(library: Library, file: Path) -> str:
    return str(file.relative_to(library.root)) if file.is_relative_to(library.root) else str(file)
