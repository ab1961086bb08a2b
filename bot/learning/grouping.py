"""Putting like questions together, so that staff label a way of asking once."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from store.queries.open_questions import OpenQuestionRow

#: Likeness (0 to 100) of folded words, in any order, from which two questions are the same way of asking.
ALIKE = 80.0


@dataclass(frozen=True)
class Group:
    """Questions alike, of one topic guess; the first was asked most and names the group."""

    topic: str | None
    questions: tuple[OpenQuestionRow, ...]

    @property
    def times(self) -> int:
        """How often any of them was asked."""
        return sum(question.times for question in self.questions)


def grouped(questions: Sequence[OpenQuestionRow]) -> list[Group]:
    """Return `questions` (most asked first) in groups, most asked group first.

    Each question joins the group whose first question it is most like. Only questions with the same label, or guess
    where there is no label, come together.
    """
    groups: list[list[OpenQuestionRow]] = []
    for question in questions:
        likeness, best = max(
            (
                (fuzz.token_sort_ratio(question.folded, group[0].folded, score_cutoff=ALIKE), number)
                for number, group in enumerate(groups)
                if _topic(group[0]) == _topic(question)
            ),
            default=(0.0, -1),
            key=lambda found: found[0],
        )
        if likeness >= ALIKE:
            groups[best].append(question)
        else:
            groups.append([question])
    made = [Group(_topic(group[0]), tuple(group)) for group in groups]
    return sorted(made, key=lambda group: -group.times)


def _topic(question: OpenQuestionRow) -> str | None:
    return question.label or question.topic_guess
