"""Cuts a message with several questions into its questions, so that each of them is classified like a message.

A Rasa graph hands lists of messages from node to node. `QuestionSplitter` comes first in the pipeline and puts the
parts behind the message; `QuestionGatherer` comes last, decides what the parts are worth, and takes them out again.
"""

import re
from typing import List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.stateless import StatelessComponent
from components.text import clean, fold

#: More parts than this are no list of questions but a story; it is read as one.
MOST_PARTS = 8

# All on folded text. What ends a sentence; a dot between digits ends none.
_SENTENCE_END = re.compile(r"[?!;\n]+|\.(?=\s|$)")
# Words with which people begin the next question.
_OPENER = re.compile(
    r"(?:^|[\s,])(?P<opener>(?:va |a )?voi lai|(?:cho|xin)(?: \w+)? hoi them|hoi them|ngoai ra|tien the|nhan tien"
    r"|luon tien|also|another question|and also)\b"
)
# "còn … thì": without diacritics it is the same as "con" (child), so what comes before it must be a question, too.
_WHAT_ABOUT = re.compile(
    r"[\s,](?P<opener>(?:the |vay |roi )?con) (?=.{2,100}\b(?:thi|sao|khong|ko|bao nhieu|gi|nao|dau)\b)"
)
# Between two questions; between two nouns they mean nothing, so what comes before must end like a question.
_JOINT = re.compile(r"\s*(?:,\s*(?:va |roi |voi )?|\s(?:va|roi|voi)\s)")
# "bại não" (cerebral palsy) is no "nào" (which).
_ASKS = re.compile(
    r"\b(?:khong|ko|k|hong|hok|chua|bao nhieu|bn|bnhieu|gi|j|(?<!bai )nao|dau|sao|ntn|ai|may|bao gio|bao lau"
    r"|nhieu(?= (?:tien|vay|the|a|ha|nhi)\b|\W*$)"
    # "can" and "do" alone are Vietnamese words without their marks: "cận", "cần", "đó", "do".
    r"|khi nao|how|what|where|when|who|which|is|are|(?:can|do|does) (?:i|we|you|he|she|they|it|the|my|our|poor))\b"
)
# Typed with marks, these only ask: "chữa", "đầu", "máy" and "nhiều" are folded like "chưa", "đâu", "mấy" and "nhiêu".
_MARKED_ASKING = frozenset(
    ("không", "hông", "hổng", "chưa", "bao nhiêu", "nhiêu", "gì", "nào", "đâu", "mấy", "bao giờ", "bao lâu", "khi nào")
)
_ENDS_ASKING = re.compile(
    r"\b(?:khong|ko|hong|chua|bao nhieu|bn|bnhieu|gi|nao|dau|sao|ntn)(?: (?:a|vay|the|nhi|ha|nhe|day|tien|the nao))?$"
)


def _asks(typed: str, folded: str) -> bool:
    """Return True when a part holds a question mark or a word that asks, as it was typed."""
    if "?" in folded:
        return True
    said = (typed[match.start() : match.end()].lower() for match in _ASKS.finditer(folded))
    return any(fold(word) == word or word in _MARKED_ASKING for word in said)


def split_questions(text: str) -> List[str]:
    """Return the questions in `text`, each with what belongs to it; `[text]` when there is only one.

    A part that asks nothing ("Nhà tôi hộ nghèo.") belongs to the question after it, at the end to the one before.
    """
    text = re.sub(r"[ \t]+", " ", text).strip()
    # One folded letter for each letter, so that places in one are places in the other.
    folded = "".join((fold(char) or " ")[0] for char in text).lower()
    cuts = {match.end() for match in _SENTENCE_END.finditer(folded)}
    cuts |= {match.start("opener") for match in _OPENER.finditer(folded)}
    for match in _WHAT_ABOUT.finditer(folded):
        word = text[match.start("opener") : match.end("opener")].lower()
        if "còn" in word or fold(text) == text:
            cuts.add(match.start("opener"))
    cuts |= {match.end() for match in _JOINT.finditer(folded) if _ENDS_ASKING.search(folded[: match.start()])}
    ends = [*sorted(cuts - {0, len(text)}), len(text)]
    parts: List[str] = []
    waiting = ""
    for begin, end in zip([0, *ends[:-1]], ends, strict=True):
        waiting += text[begin:end]
        if _asks(text[begin:end], folded[begin:end]):
            parts.append(waiting)
            waiting = ""
    if waiting and parts:
        parts[-1] += waiting
    stripped = [re.sub(r"[\s,]+(?:và|va|rồi|roi)?[\s,]*$", "", part).strip(" ,\n") for part in parts]
    return stripped if 1 < len(stripped) <= MOST_PARTS else [text]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class QuestionSplitter(StatelessComponent):
    """Puts the questions of a message behind it, as messages of their own."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Return each message followed by its parts, where it has several."""
        split: List[Message] = []
        for message in messages:
            split.append(message)
            parts = split_questions(message.get(TEXT) or "")
            if len(parts) > 1 and clean(parts[0]):
                split += [Message(data={TEXT: part, "is_part": True}) for part in parts]
        return split
