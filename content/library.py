"""The library: reads all content once and answers what may be told on a given day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from content.answers import Answer, Source, UpcomingChange
from content.documents import BilingualText, LegalDocument, load_documents, replacements_on
from content.offices import Office, load_offices
from content.parameters import Parameter, SourceReference, load_parameters
from content.placeholders import document_name, fill_placeholders, find_placeholders
from content.statements import Statement, StatementVersion, load_statements
from content.topics import MATTERS_OF_THEIR_OWN, Area, Aspect, Group, Topic
from content.translations import catalogue_for
from content.yaml_files import CONTENT_DIR, ContentError

EVERYBODYS_OFFICE = "commune_peoples_committee"
"""Where anybody may begin to ask."""

# Tried in this order where a question names no aspect, or one that nobody has written yet. How to apply and where
# to go are left out: told to somebody who asked for an amount they would sound like the answer.
FALLBACK_ASPECTS: tuple[Aspect, ...] = (Aspect.WHAT, Aspect.HOW_MUCH, Aspect.WHO)

# The longest that a change is announced ahead. A poverty line is decreed up to a year before it begins (Decree 351/2025
# was signed on 30/12/2025 for 01/01/2027). A wording whose documents are much older than its first day rests on
# something that nobody knew when they were signed, such as the end of a programme.
ANNOUNCED_AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, both ends included, on which a version reads the same from the first to the last."""

    valid_from: date
    valid_to: date | None
    version: StatementVersion
    references: tuple[SourceReference, ...]
    changed_by: tuple[SourceReference, ...]
    """What made it differ from the stretch before: the version's sources, or those of the changed numbers."""

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Library:
    """All content of one folder. Made by `load_library`."""

    root: Path
    documents: dict[str, LegalDocument]
    parameters: dict[str, Parameter]
    offices: dict[str, Office]
    statements: dict[str, Statement]
    statement_files: dict[str, Path]
    _by_selector: dict[tuple[Topic, Aspect, Group | None], Statement]
    _periods: dict[str, tuple[Period, ...]]
    _changes: list[int] = field(default_factory=lambda: [0])

    @property
    def changes(self) -> int:
        """How often the content was changed in place: whoever keeps something made from it looks whether it is new."""
        return self._changes[0]

    def tell_what(self, other: "Library") -> None:
        """Tell from now on what another library of the same folder tells: everybody who holds this one does."""
        pairs: tuple[tuple[dict[Any, Any], dict[Any, Any]], ...] = (
            (self.parameters, other.parameters),
            (self.statements, other.statements),
            (self._by_selector, other._by_selector),
            (self._periods, other._periods),
        )
        for mine, theirs in pairs:
            mine.clear()
            mine.update(theirs)
        self._changes[0] += 1

    def parameter(self, name: str, on: date) -> int | float | None:
        """The number in force that day, in the parameter's unit; None where there is none.

        Raises KeyError for a name that no file holds.
        """
        return self.parameters[name].value_on(on)

    def topics_on(self, day: date) -> frozenset[Topic]:
        """The topics that have at least one valid statement that day."""
        return frozenset(s.topic for s in self.statements.values() if self._period_on(s, day))

    def office_of(self, topic: Topic | str) -> str:
        """The office that a topic's general statement names; the commune where nothing is written about the topic."""
        written = [s for s in self.statements.values() if s.topic == topic]
        general = [s for s in written if s.aspect is Aspect.WHAT and not s.groups]
        return next((statement.office for statement in (*general, *written)), EVERYBODYS_OFFICE)

    def periods_of(self, statement: Statement) -> tuple[Period, ...]:
        """The stretches of days with one unchanging wording, in order."""
        return self._periods[statement.id]

    def text_of(self, period: Period, language: str) -> str:
        """The words of a stretch of days in a registered language."""
        return self._render(period.version.text, period, language)

    def answer(
        self,
        topic: Topic | str,
        *,
        aspect: Aspect | str | None = None,
        group: Group | str | None = None,
        programme: Group | str | None = None,
        area: Area | str | None = None,
        on: date,
        today: date | None = None,
    ) -> Answer | None:
        """The best statement valid on a day; None where nothing may be told.

        Looked for in turn: the aspect for the programme, for the group, for everybody; then `FALLBACK_ASPECTS`
        for the programme, for the group, for everybody. `area` does not choose a statement: texts show rural and
        urban side by side. `today` is the day on which the review stamp is judged and a document may have been
        replaced; without it, `on`.
        Raises ValueError for an unknown topic, aspect, group or area.
        """
        asked_topic = Topic(topic)
        asked_aspect = None if aspect is None else Aspect(aspect)
        groups = tuple(dict.fromkeys(Group(name) for name in (programme, group) if name is not None))
        if area is not None:
            Area(area)
        found = self._find(asked_topic, asked_aspect, groups, on)
        if found is None:
            return None
        statement, period, found_group = found
        return self._answer(statement, period, asked_aspect, groups, found_group, on, today or on)

    def _find(
        self, topic: Topic, aspect: Aspect | None, groups: tuple[Group, ...], on: date
    ) -> tuple[Statement, Period, Group | None] | None:
        for selected_aspect, selected_group in _selectors(aspect, groups):
            statement = self._by_selector.get((topic, selected_aspect, selected_group))
            period = self._period_on(statement, on) if statement else None
            if statement is not None and period is not None:
                return statement, period, selected_group
        return None

    def _period_on(self, statement: Statement, day: date) -> Period | None:
        return next(
            (period for period in self._periods[statement.id] if period.covers(day)),
            None,
        )

    def _answer(
        self,
        statement: Statement,
        period: Period,
        asked_aspect: Aspect | None,
        groups: tuple[Group, ...],
        found_group: Group | None,
        on: date,
        today: date,
    ) -> Answer:
        return Answer(
            statement_id=statement.id,
            topic=statement.topic,
            aspect=statement.aspect,
            group=found_group if found_group is not None else next(iter(groups), None),
            matter_of_its_own=found_group in MATTERS_OF_THEIR_OWN,
            on=on,
            valid_from=period.valid_from,
            valid_to=period.valid_to,
            certainty=period.version.certainty,
            stale=statement.review_has_expired_on(today),
            office=statement.office,
            sources=self._sources(period.references, today),
            upcoming=self._upcoming(statement, period, on),
            end_known=self._end_is_known(statement, period, on, today),
            # "Hộ cận nghèo được hỗ trợ gì?" is answered by what is written for the group, of whatever aspect.
            aspect_answered=asked_aspect in (None, statement.aspect)
            or (asked_aspect is Aspect.WHAT and found_group is not None)
            or found_group in MATTERS_OF_THEIR_OWN,
            group_answered=found_group is not None or not groups,
            other_aspects=self._other_aspects(statement, groups, on),
            owner=statement.owner,
            review_expires_on=statement.review_expires_on,
            render=partial(self._render, period.version.text, period),
        )

    def _upcoming(self, statement: Statement, current: Period, on: date) -> UpcomingChange | None:
        following = self._following(statement, current)
        if following is None or following.valid_from - on > ANNOUNCED_AHEAD or not self._decided_on(on, following):
            return None
        version = following.version
        begins_with_version = following.valid_from == version.valid_from
        announcement = version.announcement if begins_with_version else None
        return UpcomingChange(
            from_date=following.valid_from,
            valid_to=following.valid_to,
            certainty=version.certainty,
            sources=self._sources(following.references, following.valid_from),
            render=partial(self._render_announcement, announcement, following),
        )

    def _following(self, statement: Statement, current: Period) -> Period | None:
        return next((p for p in self._periods[statement.id] if p.valid_from > current.valid_from), None)

    def _decided_on(self, day: date, period: Period) -> bool:
        return all(self.documents[r.document].was_signed_on(day) for r in period.changed_by)

    def _end_is_known(self, statement: Statement, current: Period, on: date, today: date) -> bool:
        """Whether the last day of `current` could be told on `on`: an end that a later document set is hindsight."""
        following = self._following(statement, current)
        return on >= today or following is None or self._decided_on(on, following)

    def _render(self, text: BilingualText, period: Period, language: str) -> str:
        catalogue = catalogue_for(language)
        return fill_placeholders(
            text.in_language(catalogue.language.catalogue),
            on=period.valid_from,
            valid_from=period.valid_from,
            valid_to=period.valid_to,
            parameters=self.parameters,
            documents=self.documents,
            catalogue=catalogue,
        ).strip()

    def _render_announcement(self, announcement: BilingualText | None, period: Period, language: str) -> str:
        if announcement is not None:
            return self._render(announcement, period, language)
        catalogue = catalogue_for(language)
        return catalogue.text(
            "announcement.from_date",
            date=catalogue.date(period.valid_from),
            text=self._render(period.version.text, period, language),
        )

    def _sources(self, references: tuple[SourceReference, ...], today: date) -> tuple[Source, ...]:
        return tuple(self._source(reference, today) for reference in references)

    def _source(self, reference: SourceReference, today: date) -> Source:
        document = self.documents[reference.document]
        return Source(
            document_id=document.id,
            document_number=document.number,
            document_name=document_name(document, catalogue_for("vi")),
            title=document.title.vi,
            article=reference.article,
            url=document.url,
            signed=document.signed,
            effective=document.effective,
            replaced_by=tuple(newer.number for newer in replacements_on(today, document, self.documents)),
            document_name_en=document_name(document, catalogue_for("en")),
            title_en=document.title.en,
        )

    def _other_aspects(self, answered: Statement, groups: tuple[Group, ...], on: date) -> tuple[Aspect, ...]:
        found: list[Aspect] = []
        # A matter of its own has one answer; what is asked next is the topic itself.
        asked_next = tuple(group for group in groups if group not in MATTERS_OF_THEIR_OWN)
        for aspect in Aspect:
            # Asked the way the resident would ask next, so that no quick reply leads back to the same answer.
            following = self._find(answered.topic, aspect, asked_next, on)
            if following is not None and following[0].id != answered.id and following[0].aspect is aspect:
                found.append(aspect)
        return tuple(found)


def _selectors(aspect: Aspect | None, groups: tuple[Group, ...]) -> Iterator[tuple[Aspect, Group | None]]:
    """The (aspect, group) pairs to try, best first."""
    wanted: tuple[Group | None, ...] = (*groups, None)
    own = tuple(group for group in groups if group in MATTERS_OF_THEIR_OWN)
    yield from ((candidate, group) for group in own for candidate in (aspect, *FALLBACK_ASPECTS) if candidate)
    # "Hộ mới thoát nghèo là gì?" wants the group's own statement, of whatever aspect, before the general one.
    if aspect not in (None, Aspect.WHAT):
        yield from ((aspect, group) for group in wanted)
    for group in wanted:
        yield from ((fallback, group) for fallback in FALLBACK_ASPECTS)


def load_library(root: Path = CONTENT_DIR) -> Library:
    """Reads a content folder, each only once. Raises ContentError naming file and cause."""
    return _load_library_once(root)


@lru_cache(maxsize=4)
def _load_library_once(root: Path) -> Library:
    loaded = load_statements(root / "statements")
    return assemble(
        root,
        load_documents(root / "documents"),
        load_parameters(root / "legislation" / "parameters"),
        load_offices(root / "offices.yaml"),
        {identifier: statement for identifier, (_, statement) in loaded.items()},
        {identifier: file for identifier, (file, _) in loaded.items()},
    )


def assemble(
    root: Path,
    documents: dict[str, LegalDocument],
    parameters: dict[str, Parameter],
    offices: dict[str, Office],
    statements: dict[str, Statement],
    files: dict[str, Path],
) -> Library:
    """A library of these parts. Raises ContentError where two statements answer the same question."""
    return Library(
        root=root,
        documents=documents,
        parameters=parameters,
        offices=offices,
        statements=statements,
        statement_files=files,
        _by_selector=_index(statements, files),
        _periods={name: tuple(_periods(s, parameters)) for name, s in statements.items()},
    )


def _index(
    statements: dict[str, Statement], files: dict[str, Path]
) -> dict[tuple[Topic, Aspect, Group | None], Statement]:
    index: dict[tuple[Topic, Aspect, Group | None], Statement] = {}
    for statement in statements.values():
        for group in statement.groups or (None,):
            key = (statement.topic, statement.aspect, group)
            if key in index:
                raise ContentError(
                    files[statement.id],
                    f"answers `{statement.aspect}` for `{group}`, as `{index[key].id}` does.",
                    "Take the group out of one of them.",
                )
            index[key] = statement
    return index


def _periods(statement: Statement, parameters: dict[str, Parameter]) -> Iterator[Period]:
    """Cuts versions at the days on which a number in their text changes, so that validity tells the truth."""
    for version in statement.versions:
        used = _parameters_in(version, parameters)
        starts = {version.valid_from}
        for parameter in used:
            starts.update(d for d in parameter.starts if version.valid_from < d and version.covers(d))
        ordered = sorted(starts)
        for start, following in zip(ordered, [*ordered[1:], None], strict=True):
            valid_to = version.valid_to if following is None else following - timedelta(days=1)
            changed_by = version.sources if start == version.valid_from else _references_of_changes(used, start)
            yield Period(start, valid_to, version, _references(version, used, start), changed_by)


def _parameters_in(version: StatementVersion, parameters: dict[str, Parameter]) -> list[Parameter]:
    names = dict.fromkeys(
        placeholder.name
        for text in (version.text.vi, version.text.en)
        for placeholder in find_placeholders(text)
        if placeholder.kind == "parameter"
    )
    return [parameters[name] for name in names if name in parameters]


def _references_of_changes(used: list[Parameter], day: date) -> tuple[SourceReference, ...]:
    entries = (parameter.at(day) for parameter in used if day in parameter.starts)
    return tuple(reference for entry in entries if entry and entry.metadata for reference in entry.metadata.reference)


def _references(version: StatementVersion, used: list[Parameter], day: date) -> tuple[SourceReference, ...]:
    """The version's own sources, then those of its numbers from documents not yet named."""
    references = {reference.document: reference for reference in reversed(version.sources)}
    ordered = list(version.sources)
    for parameter in used:
        entry = parameter.at(day)
        for reference in entry.metadata.reference if entry and entry.metadata else ():
            if reference.document not in references:
                references[reference.document] = reference
                ordered.append(reference)
    return tuple(ordered)
