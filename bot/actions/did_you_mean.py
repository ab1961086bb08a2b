"""What is offered where a question was not understood: "Có phải bác muốn hỏi…". Offers are buttons, never answers."""

from collections.abc import Iterator
from datetime import date

from bot.actions.subject import subject_said
from bot.actions.understanding import NOT_FROM_STATEMENTS, Understanding
from content.library import Library
from content.statement_search import Finding, StatementSearch
from content.topics import LOAN_PROGRAMMES, Topic

#: A topic is offered as "did you mean" from this confidence on. Below it the guess would only puzzle people: on folds
#: held out (nlu/derive_thresholds.py) three of ten offers from here on are right, of those below it one of eight.
WORTH_OFFERING = 0.12
MOST_OFFERED = 3
#: A question outside the scope is a near miss where classifier and search name the same topic, each a little sure.
#: Of 707 questions taken for that, with and without diacritics, this finds 6 of 63 that are in scope after all and
#: bothers 7 of 644 that are not; half of the confidence finds no more and bothers 13.
NEAR_MISS_CONFIDENCE = 0.12
NEAR_MISS_SHARE = 0.1


#: One button: the payload's intent (a topic), and the side and group asked about or told by the statement found.
Offer = dict[str, str | None]


class DidYouMean:
    """Offers the likeliest topics of the classifier, then those of statements that share words with the question."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._made_at = library.changes
        self._made = StatementSearch(library)

    @property
    def _search(self) -> StatementSearch:
        """The index of what the library tells now."""
        if self._made_at != self._library.changes:
            self._made_at = self._library.changes
            self._made = StatementSearch(self._library)
        return self._made

    def offers(self, understood: Understanding, text: str) -> list[Offer]:
        """Return offers for a question that was not understood, likeliest first; empty when nothing is near."""
        on = date.fromisoformat(understood.on)
        found = {finding.topic: finding for finding in self._search.find(text, on, MOST_OFFERED)}
        valid = self._library.topics_on(on) - NOT_FROM_STATEMENTS
        likely = [topic for topic, confidence in _ranked(understood) if confidence >= WORTH_OFFERING]
        offered = [topic for topic in dict.fromkeys((*likely, *found)) if topic in valid][:MOST_OFFERED]
        return [self._offer(understood, topic, found) for topic in offered]

    def near_misses(self, understood: Understanding, text: str) -> list[Offer]:
        """Return offers for a question that seems to be outside the scope; mostly none."""
        confidences = dict(_ranked(understood))
        near = {
            finding.topic: finding
            for finding in self._search.find(text, date.fromisoformat(understood.on), MOST_OFFERED)
            if finding.share >= NEAR_MISS_SHARE and confidences.get(finding.topic, 0.0) >= NEAR_MISS_CONFIDENCE
        }
        return [self._offer(understood, topic, near) for topic in near if topic not in NOT_FROM_STATEMENTS]

    @staticmethod
    def _offer(understood: Understanding, topic: Topic, found: dict[Topic, Finding]) -> Offer:
        said = subject_said(topic, understood.entities)
        selectors = said.selectors()
        finding = found.get(topic)
        # What the person named wins; beside a group of their own, the side that is told of another says little.
        if finding is not None and not any(selectors.values()):
            group = finding.group.value if finding.group is not None else None
            is_loan = topic is Topic.CREDIT_LOAN and finding.group in LOAN_PROGRAMMES
            selectors["aspect"] = finding.aspect.value
            selectors["programme" if is_loan else "household_group"] = group
        return {"intent": topic.value, **selectors}


def _ranked(understood: Understanding) -> Iterator[tuple[Topic, float]]:
    known = set(Topic)
    return ((Topic(intent), confidence) for intent, confidence in understood.ranking if intent in known)
