"""Labelled questions as Rasa training data, and what must not become any."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.learning.redaction import holds_personal_data
from content.folding import folded_syllables
from store.queries.open_questions import OpenQuestionRow


class Refusal(StrEnum):
    """Why a question is not exported."""

    UNLABELLED = "unlabelled"
    PERSONAL_DATA = "personal_data"
    FROZEN = "frozen"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Export:
    """What may be taught: (topic, words); and what not, with the reason."""

    examples: tuple[tuple[str, str], ...]
    refused: tuple[tuple[OpenQuestionRow, Refusal], ...]

    def text(self) -> str:
        """Return a file of Rasa training data.

        Every example is a line of a literal block: words of people cannot become YAML, and Rasa's own marks for
        entities are taken out of them.
        """
        lines = ['version: "3.1"', "", "nlu:"]
        for topic in sorted({topic for topic, _ in self.examples}):
            lines += [f"  - intent: {topic}", "    examples: |"]
            lines += [f"      - {_plain(words)}" for name, words in self.examples if name == topic]
        return "\n".join(lines) + "\n"


def export(questions: Sequence[OpenQuestionRow], frozen: Collection[str]) -> Export:
    """Sort `questions` into what may be taught and what not.

    Args:
        frozen: questions that models are judged by. Taught, they would say nothing any more.
    """
    judged_by = {_key(words) for words in frozen}
    examples: list[tuple[str, str]] = []
    refused: list[tuple[OpenQuestionRow, Refusal]] = []
    taken: set[str] = set()
    for question in questions:
        key = _key(question.text)
        if question.label is None:
            refused.append((question, Refusal.UNLABELLED))
        elif holds_personal_data(question.text):
            refused.append((question, Refusal.PERSONAL_DATA))
        elif key in judged_by:
            refused.append((question, Refusal.FROZEN))
        elif key in taken:
            refused.append((question, Refusal.REPEATED))
        else:
            taken.add(key)
            examples.append((question.label, question.text))
    return Export(tuple(examples), tuple(refused))


def _key(words: str) -> str:
    return " ".join(folded_syllables(words))


def _plain(words: str) -> str:
    """Return `words` without brackets and braces, with which Rasa marks entities in examples."""
    return " ".join("".join(" " if letter in "[](){}\\`" else letter for letter in words).split())
