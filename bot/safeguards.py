"""What safety changes in Rasa's answer: a warning after personal data, calm when the same comes again and again."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.personal_data import kinds_in, without_masks

Said = Mapping[str, Any]

#: The same long message so many times in a row is not answered at length again.
REPEATED = 5
#: Shorter ones are replies ("không", "không có ai") that people rightly give several times in a row.
LEAST_WORDS = 4
#: "Mã OTP 123456": so few words beside a secret only name it.
MOST_WORDS_ABOUT_A_SECRET = 2
#: Conversations whose last message is remembered in this process. Forgetting one only costs a longer answer.
CONVERSATIONS_REMEMBERED = 4096

#: Answers to a message that was understood as nothing in particular: beside the warning they would only puzzle.
_NOT_UNDERSTOOD = frozenset({"do_not_know", "did_you_mean", "out_of_scope", "chitchat", "greet"})
#: What may be left out when the same message comes again. A person in danger is answered every time.
_MAY_BE_CUT = frozenset(
    {"answer", "no_source", "do_not_know", "did_you_mean", "out_of_scope", "chitchat", "insult", "jailbreak"}
)


@dataclass(frozen=True)
class _Last:
    words: int
    message: int
    times: int


class Safeguards:
    """One for each worker. Remembers only a number made from the last message of a conversation, never its words."""

    def __init__(self) -> None:
        self._last: OrderedDict[int, _Last] = OrderedDict()

    def applied(self, said: Sequence[Said], *, conversation: int, message: int, text: str) -> list[Said]:
        """Return Rasa's messages as they are to be told, for a message as it was stored."""
        keys = {
            one["custom"]["key"] for one in said if isinstance(one.get("custom"), Mapping) and "key" in one["custom"]
        }
        if self._times(conversation, message, text) >= REPEATED and keys <= _MAY_BE_CUT and keys:
            return [{"custom": {**said[0]["custom"], "key": "repeated", "topic": None}}]
        kinds = kinds_in(text)
        if not kinds:
            return list(said)
        warning = {"custom": {"key": "personal_data_masked", "kinds": [kind.value for kind in kinds], "topic": None}}
        says_more = len(without_masks(text).split()) > MOST_WORDS_ABOUT_A_SECRET
        if "crisis" not in keys and (keys <= _NOT_UNDERSTOOD or not says_more):
            return [warning]
        # The answer comes last, with its buttons; only help in danger goes before everything.
        return [*said, warning] if "crisis" in keys else [warning, *said]

    def _times(self, conversation: int, message: int, text: str) -> int:
        """Return how often this message came in a row by now; a message that is tried again counts once."""
        if len(text.split()) < LEAST_WORDS:
            return 1
        words = hash(" ".join(text.lower().split()))
        last = self._last.get(conversation)
        if last is None or last.words != words:
            now = _Last(words, message, 1)
        elif last.message == message:
            now = last
        else:
            now = _Last(words, message, last.times + 1)
        self._last[conversation] = now
        self._last.move_to_end(conversation)
        if len(self._last) > CONVERSATIONS_REMEMBERED:
            self._last.popitem(last=False)
        return now.times
