"""What is checked of the law as code: every rule names things that exist, has words for all it says, and its cases
come out."""

from collections.abc import Iterator
from pathlib import Path

from content.eligibility import Rules, make_rules
from content.legislation.cases import CASES_DIR, load_cases
from content.legislation.explanation import SILENT
from content.legislation.facts import FACTS, facts_behind
from content.legislation.rules import PROGRAMMES_DIR, Comparison, Ground, Programme
from content.library import Library
from content.parameters import Unit
from content.topics import Certainty
from content.translations import COMPLETE_LANGUAGES, catalogue_for


def legislation_complaints(library: Library) -> Iterator[tuple[Path, str]]:
    """(file, message) for every mistake in programmes, and for every sure case that does not come out."""
    rules = make_rules(library.documents, library.parameters)
    mistakes = [
        (PROGRAMMES_DIR / f"{programme.id}.yaml", message)
        for programme in rules.programmes
        for message in _of_programme(programme, library, rules)
    ]
    yield from mistakes
    yield from _words_of_facts()
    if mistakes:
        return  # Cases over broken rules would only repeat them.
    for case in load_cases():
        if case.certainty is Certainty.V:
            yield from ((CASES_DIR, complaint) for complaint in case.complaints(rules))


def _of_programme(programme: Programme, library: Library, rules: Rules) -> Iterator[str]:
    yield from _wordless(f"programme.{programme.id}")
    if programme.office not in library.offices:
        yield f"the office `{programme.office}` is in no list. Add it to offices.yaml."
    for paper in programme.papers:
        yield from _wordless(f"paper.{paper}")
    for ground in programme.grounds:
        yield from (f"ground `{ground.id}`: {message}" for message in _of_ground(ground, rules))


def _of_ground(ground: Ground, rules: Rules) -> Iterator[str]:
    numbers, variables = rules.parameters, rules.system.variables
    if ground.last_day is not None and ground.last_day < ground.first_day:
        yield "`to` lies before `from`."
    for condition in ground.conditions:
        names = [condition.name] if not isinstance(condition, Comparison) else []
        if isinstance(condition, Comparison):
            names = [f"{condition.quantity}_min", f"{condition.quantity}_max"]
            if condition.parameter not in numbers:
                yield f"the number `{condition.parameter}` has no file under parameters/."
        unknown = [name for name in names if name not in variables]
        yield from (f"`{name}` is no variable. Variables are in content/legislation/variables/." for name in unknown)
        if condition.key not in SILENT and not unknown:
            yield from _wordless(f"because.{condition.key}")
        if any(fact not in FACTS for fact in facts_behind(condition)):
            yield f"`{condition.key}` rests on a fact that is in no list."
    for name in ground.parameters():
        if name not in numbers:
            yield f"the number `{name}` has no file under parameters/."
    if ground.amount is not None:
        base = numbers.get(ground.amount.parameter)
        if base is not None and base.metadata.unit is not Unit.CURRENCY_VND:
            yield f"the amount `{base.name}` counts {base.metadata.unit}, not đồng."
        yield from _wordless(f"per.{ground.amount.per}")
    if ground.certainty.is_uncertain and list(ground.parameters()):
        yield f"certainty {ground.certainty} never gives a number. Take `amount` and `figures` out."
    documents = [reference.document for reference in ground.sources]
    yield from (
        f"names the document `{document}`, which no file describes."
        for document in documents
        if document not in rules.documents
    )
    if not documents and not list(ground.parameters()):
        yield "names no source. Add `sources`, or a number that has one."
    for note in (*ground.notes, *(remark.say for remark in ground.remarks)):
        yield from _wordless(f"note.{note}")
    for paper in ground.papers or ():
        yield from _wordless(f"paper.{paper}")


def _words_of_facts() -> Iterator[tuple[Path, str]]:
    file = Path(__file__).parent / "legislation" / "facts.py"
    for fact in FACTS.values():
        keys = [f"fact.{fact.name}", f"ask.{fact.name}", *(f"answer.{fact.key}.{choice}" for choice in fact.choices)]
        for key in keys:
            yield from ((file, message) for message in _wordless(key))


def _wordless(key: str) -> Iterator[str]:
    for language in COMPLETE_LANGUAGES:
        if f"eligibility.{key}" not in catalogue_for(language):
            yield f"`eligibility.{key}` has no words in {language}. Add them to eligibility.po."
