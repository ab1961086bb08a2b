"""What the bot knows, as pages of docs/: a matrix of all topics, and a page per topic with the present words."""

from collections.abc import Iterator
from datetime import date

from content.answers import Answer
from content.aspect_names import aspect_name
from content.confirmation_page import confirmation_page
from content.document_pages import PAGE as DOCUMENTS_PAGE
from content.document_pages import legal_documents_page
from content.library import Library
from content.statements import Statement
from content.topics import Aspect, Certainty, Group, Topic
from content.translations import catalogue_for

_VI, _EN = catalogue_for("vi"), catalogue_for("en")
_NO_ANSWERS = (Topic.OUT_OF_SCOPE, Topic.CHITCHAT)


def content_pages(library: Library) -> dict[str, str]:
    """Text by file, relative to the project, of every page that is made from statements, numbers and documents."""
    pages = {
        DOCUMENTS_PAGE: legal_documents_page(library, day_of_the_pages(library)),
        "docs/to-confirm.md": confirmation_page(library, day_of_the_pages(library)),
        "docs/what-the-bot-knows.md": _page(_overview(library)),
    }
    for topic in _topics(library):
        pages[f"docs/knowledge/{topic}.md"] = _page(_topic_page(library, topic))
    return pages


def day_of_the_pages(library: Library) -> date:
    """The day of the latest review stamp: pages show what is told then, so that they only change with the content."""
    return max(statement.reviewed_on for statement in library.statements.values())


def _page(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _topics(library: Library) -> list[Topic]:
    written = {statement.topic for statement in library.statements.values()}
    return [topic for topic in Topic if topic in written]


def _overview(library: Library) -> Iterator[str]:
    day = day_of_the_pages(library)
    valid = sum(_answer(library, statement, day) is not None for statement in library.statements.values())
    yield "# What the bot knows"
    yield ""
    yield "Made from `content/` by `make docs`; do not edit by hand."
    yield ""
    yield (
        f"{len(library.statements)} statements, {valid} of them valid on {day}, the day of the latest review. "
        "See also the [register of legal documents](legal-documents.md) and [what is to be confirmed](to-confirm.md)."
    )
    yield ""
    yield (
        "A cell says how sure the answer for everybody is, and for how many groups there is one of their own: `V`, "
        "`V2` told as it is; `MH` with the advice to ask the commune; `MM`, `ML`, `U` no number, only the office to "
        "ask; “–” none (the bot falls back, says so and names the office). A topic's name leads to its words."
    )
    yield ""
    yield f"| topic | {' | '.join(_EN.text(f'aspect.{aspect}') for aspect in Aspect)} |"
    yield f"| --- |{' --- |' * len(Aspect)}"
    written = _topics(library)
    for topic in Topic:
        if topic in _NO_ANSWERS:
            continue
        name = _EN.text(f"topic.{topic}")
        cells = (_overview_cell(library, topic, aspect, day) for aspect in Aspect)
        yield f"| {f'[{name}](knowledge/{topic}.md)' if topic in written else name} | {' | '.join(cells)} |"


def _overview_cell(library: Library, topic: Topic, aspect: Aspect, day: date) -> str:
    found = [s for s in library.statements.values() if (s.topic, s.aspect) == (topic, aspect)]
    valid = [(s, a) for s in found if (a := _answer(library, s, day)) is not None]
    everybody = next((a.certainty for s, a in valid if not s.groups), None)
    groups = sum(len(s.groups) for s, _ in valid)
    cell = f"`{everybody}`" if everybody else "–"
    return f"{cell} +{groups}" if groups else cell


def _topic_page(library: Library, topic: Topic) -> Iterator[str]:
    day = day_of_the_pages(library)
    statements = sorted((s for s in library.statements.values() if s.topic is topic), key=_order)
    yield f"# {_EN.text(f'topic.{topic}')} – {_VI.text(f'topic.{topic}')}"
    yield ""
    yield f"Made from `content/statements/{topic}/` by `make docs`; do not edit by hand. Words as told on {day}."
    yield ""
    yield from _matrix(library, statements, day)
    for statement in statements:
        yield ""
        yield f"## {_title(statement)}"
        yield ""
        yield from _statement(library, statement, day)


def _matrix(library: Library, statements: list[Statement], day: date) -> Iterator[str]:
    certainty: dict[tuple[Group | None, Aspect], Certainty] = {}
    for statement in statements:
        answer = _answer(library, statement, day)
        if answer is not None:
            for group in statement.groups or (None,):
                certainty[group, statement.aspect] = answer.certainty
    rows: list[Group | None] = [None, *(group for group in Group if any(key[0] is group for key in certainty))]
    yield f"| for | {' | '.join(_EN.text(f'aspect.{aspect}') for aspect in Aspect)} |"
    yield f"| --- |{' --- |' * len(Aspect)}"
    for row in rows:
        cells = (f"`{certainty[row, aspect]}`" if (row, aspect) in certainty else "–" for aspect in Aspect)
        yield f"| {_EN.text(f'group.{row}') if row else 'everybody'} | {' | '.join(cells)} |"


def _statement(library: Library, statement: Statement, day: date) -> Iterator[str]:
    answer = _answer(library, statement, day)
    told = ", ".join(f"{p.valid_from} – {p.valid_to or 'open'}" for p in library.periods_of(statement))
    yield (
        f"`{statement.id}` · owner `{statement.owner}` · reviewed {statement.reviewed_on}, due "
        f"{statement.review_expires_on} · office: {_EN.text(f'office.{statement.office}')} · told for: {told}"
    )
    yield ""
    if answer is None:
        yield f"Not told on {day}: no wording is valid then."
        return
    yield f"Certainty `{answer.certainty}` · valid {answer.valid_from} – {answer.valid_to or 'until further notice'}"
    yield ""
    yield from _quote(answer.text("vi"))
    yield ""
    yield from _quote(answer.text("en"))
    if answer.upcoming is not None:
        yield ""
        yield f"Announced for {answer.upcoming.from_date}:"
        yield ""
        yield from _quote(answer.upcoming.text("vi"))
        yield ""
        yield from _quote(answer.upcoming.text("en"))
    yield ""
    for source in answer.sources:
        article = f", {source.article}" if source.article else ""
        replaced = f" **Replaced by {', '.join(source.replaced_by)}.**" if source.replaced_by else ""
        yield f"- {source.document_name}{article}: {source.title}.{replaced}"


def _quote(text: str) -> Iterator[str]:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        yield f"> {line}<br>" if number < len(lines) else f"> {line}"


def _answer(library: Library, statement: Statement, day: date) -> Answer | None:
    answer = library.answer(statement.topic, aspect=statement.aspect, group=next(iter(statement.groups), None), on=day)
    return answer if answer is not None and answer.statement_id == statement.id else None


def _title(statement: Statement) -> str:
    aspect = aspect_name(statement.topic, statement.aspect, _EN)
    return " – ".join((aspect, *(_EN.text(f"group.{group}") for group in statement.groups)))


def _order(statement: Statement) -> tuple[int, tuple[int, ...]]:
    return list(Aspect).index(statement.aspect), tuple(list(Group).index(group) for group in statement.groups)
