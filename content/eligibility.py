"""What a household may get on a day, with reasons, documents and papers; never a refusal.

>>> from datetime import date
>>> from content.household import parse_household
>>> household = parse_household({"area": "rural", "income_per_person": 1_400_000, "deprivations": 3})
>>> assess(household, date(2026, 3, 1)).classification.value
'poor'
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from content.documents import DOCUMENTS_DIR, LegalDocument, load_documents
from content.household import Household
from content.legislation.classification import Classification, ClassReasons
from content.legislation.encoding import encode_household
from content.legislation.evaluation import ASK_COMMUNE, LEFT_OUT, MORE_INFORMATION, NO_AMOUNT, POSSIBLE, Evaluation
from content.legislation.explanation import Explanation
from content.legislation.questions import Question, best_questions
from content.legislation.reasons import Reason
from content.legislation.rules import PROGRAMMES_DIR, Comparison, Programme, load_programmes
from content.legislation.system import Legislation
from content.legislation.tabulation import tabulate
from content.parameters import PARAMETERS_DIR, Parameter, SourceReference, load_parameters
from content.placeholders import document_name
from content.topics import Certainty, Topic
from content.translations import catalogue_for


class Result(StrEnum):
    """What a programme is for a household. What clearly does not fit is left out; there is no "no"."""

    POSSIBLE = "possible"
    MORE_INFORMATION = "more_information"
    ASK_COMMUNE = "ask_commune"


RESULTS = {POSSIBLE: Result.POSSIBLE, MORE_INFORMATION: Result.MORE_INFORMATION, ASK_COMMUNE: Result.ASK_COMMUNE}


@dataclass(frozen=True, slots=True)
class ProgrammeResult:
    """One programme for one household. `amount` is whole đồng `per` month, day, year, course, loan or once."""

    id: str
    ground: str
    topic: Topic
    result: Result
    certainty: Certainty
    amount: int | None
    amount_kind: str | None
    per: str | None
    figures: Mapping[str, float]
    why: tuple[Reason, ...]
    sources: tuple[SourceReference, ...]
    documents: tuple[str, ...]
    office: str
    needs: tuple[str, ...]
    members: tuple[int, ...]

    def name(self, language: str = "vi") -> str:
        return catalogue_for(language).text(f"eligibility.programme.{self.id}")


@dataclass(frozen=True)
class Assessment:
    """The results of one household on a day, in the order of the topics."""

    household: Household
    as_of: date
    classification: Classification
    why: tuple[Reason, ...]
    sources: tuple[SourceReference, ...]
    missing: tuple[str, ...]
    programmes: tuple[ProgrammeResult, ...]
    rules: "Rules"

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What may still be asked, the question first that settles most."""
        return best_questions(self.rules, self.household, self.as_of)

    def as_json(self, language: str = "vi") -> dict[str, Any]:
        """The result JSON, in words of a registered language."""
        first = next(iter(self.questions), None)
        return {
            "as_of": self.as_of.isoformat(),
            "classification": self.classification.value,
            "why": [reason.text(language) for reason in self.why],
            "sources": [self.rules.source(reference, language) for reference in self.sources],
            "programmes": [self._programme(result, language) for result in self.programmes],
            "next_question": first.as_json(language) if first else None,
        }

    def _programme(self, result: ProgrammeResult, language: str) -> dict[str, Any]:
        catalogue = catalogue_for(language)
        return {
            "id": result.id,
            "name": result.name(language),
            "result": result.result.value,
            "amount": result.amount,
            "amount_kind": result.amount_kind,
            "per": result.per,
            "figures": dict(result.figures),
            "why": [reason.text(language) for reason in result.why],
            "sources": [self.rules.source(reference, language) for reference in result.sources],
            "documents": [catalogue.text(f"eligibility.paper.{paper}") for paper in result.documents],
            "office": catalogue.text(f"office.{result.office}"),
            "needs": list(result.needs),
            "members": list(result.members),
        }


@dataclass(frozen=True)
class Rules:
    """The law as code over one set of dated numbers."""

    documents: Mapping[str, LegalDocument]
    parameters: Mapping[str, Parameter]
    system: Legislation
    programmes: tuple[Programme, ...]

    def evaluate(self, households: list[Household], on: date) -> Evaluation:
        """All households at once. Raises HouseholdError."""
        columns, people = tabulate(self.system, [encode_household(household, on) for household in households])
        not_known = {
            fact: np.array([fact in household.not_known for household in households])
            for fact in dict.fromkeys(fact for household in households for fact in household.not_known)
        }
        return Evaluation(self.system, self.parameters, on, len(households), columns, people, not_known)

    def limits(self, quantity: str, on: date) -> Iterator[int]:
        """The numbers with which a rule in force that day compares a quantity, as the first value on the far side."""
        for programme in self.programmes:
            for ground in programme.grounds:
                for condition in ground.conditions if ground.holds_on(on) else ():
                    if isinstance(condition, Comparison) and condition.quantity == quantity:
                        value = self.parameters[condition.parameter].value_on(on)
                        if value is not None:
                            yield int(value) + (condition.sign in ("<=", ">"))

    def source(self, reference: SourceReference, language: str) -> dict[str, Any]:
        document = self.documents[reference.document]
        return {
            "document": document_name(document, catalogue_for(language)),
            "article": reference.article,
            "url": document.url,
        }


def make_rules(documents: Mapping[str, LegalDocument], parameters: Mapping[str, Parameter]) -> Rules:
    """The shipped programmes over dated numbers: those of a library, or changed ones for a what-if."""
    return Rules(documents, parameters, Legislation(parameters), load_programmes(PROGRAMMES_DIR))


@lru_cache(maxsize=1)
def current_rules() -> Rules:
    """The rules over the shipped content, made once."""
    # Not by the library: reading all statements too would double the time until a command begins to work.
    return make_rules(load_documents(DOCUMENTS_DIR), load_parameters(PARAMETERS_DIR))


def assess(household: Household, on: date, rules: Rules | None = None) -> Assessment:
    """What the household may get on a day.

    Missing facts make results `more_information`, never an error. Raises HouseholdError only for facts that
    contradict each other or the day.
    """
    rules = rules or current_rules()
    evaluation = rules.evaluate([household], on)
    reasons = ClassReasons(evaluation, 0)
    explanation = Explanation(evaluation, 0)
    why = reasons.why()
    return Assessment(
        household=household,
        as_of=on,
        classification=reasons.classification,
        why=tuple(why),
        sources=tuple(reasons.sources()),
        missing=tuple(reasons.missing()),
        programmes=tuple(_results(rules, evaluation, explanation)),
        rules=rules,
    )


def _results(rules: Rules, evaluation: Evaluation, explanation: Explanation) -> list[ProgrammeResult]:
    results = []
    for programme in rules.programmes:
        outcome = evaluation.programme(programme)
        code = int(outcome.results[explanation.row])
        if code == LEFT_OUT:
            continue
        chosen = outcome.grounds[outcome.chosen[explanation.row]]
        ground, amount = chosen.ground, int(outcome.amounts[explanation.row])
        told = code == POSSIBLE
        results.append(
            ProgrammeResult(
                id=programme.id,
                ground=ground.id,
                topic=programme.topic,
                result=RESULTS[code],
                certainty=chosen.certainty,
                amount=amount if told and amount != NO_AMOUNT else None,
                amount_kind=ground.amount.kind if told and ground.amount and amount != NO_AMOUNT else None,
                per=ground.amount.per if told and ground.amount and amount != NO_AMOUNT else None,
                figures={n: evaluation.number(n) or 0.0 for n in ground.figures} if told else {},
                why=tuple(explanation.why(outcome)),
                sources=tuple(explanation.sources(outcome)),
                documents=ground.papers or programme.papers,
                office=ground.office or programme.office,
                needs=tuple(explanation.needs(outcome)),
                members=tuple(explanation.members(outcome)),
            )
        )
    return results
