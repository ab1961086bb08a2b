"""How often the bot would answer with the right topic."""

import csv
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.dangers import safety_topic
from bot.payloads import CONTROL_INTENTS, COURSE_INTENTS, GIVING_INTENTS, SAFETY_INTENTS
from content.topics import Topic

_CHITCHAT_INTENTS = (CONTROL_INTENTS | {"bot_challenge", "wrong_answer"}) - {"ask_person"}


@dataclass(frozen=True)
class LabelledQuestion:
    """A question and the topics that count as right; the first is the one it is counted under."""

    text: str
    topics: tuple[str, ...]

    def with_text(self, text: str) -> "LabelledQuestion":
        """Return the same question in other letters."""
        return replace(self, text=text)


def read_questions(file: Path) -> list[LabelledQuestion]:
    """Read a tab-separated file with the columns `question`, `topic` and optionally `note`.

    Raises:
        ValueError: a column is missing, or a topic is none of ours (names the line), or the file is not UTF-8.
    """
    known = {topic.value for topic in Topic}
    questions = []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"question", "topic"} <= set(rows.fieldnames or ()):
            raise ValueError("expected a first line with the columns question and topic, tabs between.")
        for number, row in enumerate(rows, 2):
            also = [part.strip()[5:] for part in (row.get("note") or "").split(";") if part.strip().startswith("also:")]
            question, topic = (row["question"] or "").strip(), (row["topic"] or "").strip()
            if not question or not topic:
                raise ValueError(f"line {number}: {'no topic' if question else 'no question'}.")
            topics = (topic, *also)
            unknown = [name for name in topics if name not in known]
            if unknown:
                raise ValueError(
                    f"line {number}: unknown topic “{unknown[0]}”. Topics are: {', '.join(sorted(known))}."
                )
            questions.append(LabelledQuestion(question, topics))
    if not questions:
        raise ValueError("no questions in the file.")
    return questions


def strip_diacritics(text: str) -> str:
    """Return `text` as it is typed without diacritics: "Hộ nghèo ở Đăk Hà" -> "Ho ngheo o Dak Ha"."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def answered_topic(parsed: Mapping[str, Any]) -> str:
    """Return the topic that the bot would answer with, from Rasa's parse of a question."""
    intent = str((parsed.get("intent") or {}).get("name") or "nlu_fallback")
    if intent == "follow_up":
        # With nothing to lean on it is answered as what it would be on its own.
        intent = next((str(one["name"]) for one in parsed.get("intent_ranking") or ()), "nlu_fallback")
    elif intent == "several_questions":
        intent = str(parsed["parts"][0]["intent"])
    if intent in SAFETY_INTENTS:
        return safety_topic(parsed).value
    return topic_of_intent(intent)


def topic_of_intent(intent: str) -> str:
    """Return the topic under which an answer to `intent` is counted."""
    if intent in _CHITCHAT_INTENTS:
        return Topic.CHITCHAT.value
    if intent == "ask_person":
        return Topic.CONTACT_OFFICE.value
    if intent in COURSE_INTENTS:
        return Topic.VOCATIONAL_TRAINING.value
    if intent in GIVING_INTENTS:
        return GIVING_INTENTS[intent].value
    if intent == "check_eligibility":
        return Topic.BENEFITS_OVERVIEW.value
    # Not understood: the bot gives no answer of any topic, it says that it does not know.
    return intent if intent in set(Topic) else Topic.OUT_OF_SCOPE.value


def confidence_of(parsed: Mapping[str, Any], question: LabelledQuestion) -> tuple[float, bool]:
    """Return the confidence of the likeliest intent, answered with or not, and whether its topic is right."""
    ranking = [one for one in parsed.get("intent_ranking") or () if one["name"] != "nlu_fallback"]
    likeliest: Mapping[str, Any] = ranking[0] if ranking else {"name": "nlu_fallback", "confidence": 0.0}
    return float(likeliest["confidence"]), topic_of_intent(str(likeliest["name"])) in question.topics


def report(questions: Sequence[LabelledQuestion], answered: Sequence[str]) -> dict[str, Any]:
    """Return accuracy, macro F1 over the topics that occur, figures per topic, and what was confused."""
    expected = [
        said if said in question.topics else question.topics[0]
        for question, said in zip(questions, answered, strict=True)
    ]
    right = Counter(want for want, said in zip(expected, answered, strict=True) if want == said)
    wanted, given = Counter(expected), Counter(answered)
    topics: dict[str, dict[str, float]] = {}
    for topic in sorted(wanted):
        precision = right[topic] / given[topic] if given[topic] else 0.0
        recall = right[topic] / wanted[topic]
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        topics[topic] = {"questions": wanted[topic], "precision": precision, "recall": recall, "f1": f1}
    confusions: dict[tuple[str, str], list[str]] = defaultdict(list)
    for question, want, said in zip(questions, expected, answered, strict=True):
        if want != said:
            confusions[want, said].append(question.text)
    return {
        "questions": len(questions),
        "accuracy": sum(right.values()) / len(questions),
        "macro_f1": sum(figures["f1"] for figures in topics.values()) / len(topics),
        "topics": topics,
        "confusions": [
            {"topic": want, "answered": said, "number": len(texts), "examples": texts[:3]}
            for (want, said), texts in sorted(confusions.items(), key=lambda item: -len(item[1]))
        ],
    }
