"""The last word on a message: danger before everything, then orders to the machine, insults without a question, and
what is plainly outside of everything that the bot is for.

It comes after all that classifies, so that neither an unsure classifier nor another question in the same message keeps
help from a person in danger. The ranking still says what the message would be otherwise.
"""

from typing import List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.distress import danger_in
from components.elsewhere import leads_elsewhere
from components.provocation import doubts_that_it_is_genuine, gives_orders, insults, slanders
from components.stateless import StatelessComponent

CRISIS, JAILBREAK, INSULT, VERIFY_SOURCE = "crisis", "jailbreak", "insult", "verify_source"
OUT_OF_SCOPE, SEVERAL_QUESTIONS = "out_of_scope", "several_questions"

#: A danger that no sign names is believed from this confidence on: "trả nợ từ từ" is near it, and is none.
SURE_WITHOUT_A_SIGN = 0.8
#: The next intent stands in for it from this confidence on, a little below the threshold of config.yml.
LIKELY = 0.35
#: With an insult in it, so short a message is nothing else, whatever the classifier reads in it.
WORDS_OF_A_BARE_INSULT = 3

#: Intents that are no question: with an insult in it, such a message is nothing but the insult.
NO_QUESTION = frozenset(
    {
        *("nlu_fallback", "chitchat", "deny", "bot_challenge", "goodbye", "greet", "thanks", "forget", "jailbreak"),
        "wrong_answer",
    }
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SafetyClassifier(StatelessComponent):
    """Sets the intents `crisis` (with the entity `danger`), `jailbreak`, `insult`, `verify_source`, `out_of_scope`."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent of the few `messages` that are meant; buttons say what they mean by themselves."""
        for message in messages:
            text = message.get(TEXT) or ""
            if not text or text.startswith("/"):
                continue
            danger = danger_in(text)
            if danger is not None:
                entity = {"entity": "danger", "value": danger, "start": 0, "end": 0, "extractor": "SafetyClassifier"}
                message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
                self._decide(message, CRISIS)
            elif gives_orders(text):
                self._decide(message, JAILBREAK)
            elif slanders(text) or (insults(text) and self._is_no_question(message, text)):
                self._decide(message, INSULT)
            elif doubts_that_it_is_genuine(text):
                self._decide(message, VERIFY_SOURCE)
            elif self._intent(message) != SEVERAL_QUESTIONS and leads_elsewhere(text):
                self._decide(message, OUT_OF_SCOPE)
            elif self._intent(message) == CRISIS and self._confidence(message) < SURE_WITHOUT_A_SIGN:
                self._take_back(message)
        return messages

    @staticmethod
    def _intent(message: Message) -> Text:
        return str((message.get(INTENT) or {}).get("name"))

    @staticmethod
    def _confidence(message: Message) -> float:
        return float((message.get(INTENT) or {}).get("confidence") or 0)

    def _is_no_question(self, message: Message, text: Text) -> bool:
        return self._intent(message) in NO_QUESTION or len(text.split()) <= WORDS_OF_A_BARE_INSULT

    @staticmethod
    def _take_back(message: Message) -> None:
        """Leave a message to the next likely intent where it is likely enough, else say that it was not understood."""
        others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one["name"] not in (CRISIS, "nlu_fallback")]
        likely = bool(others) and float(others[0]["confidence"]) >= LIKELY
        unknown = {"name": "nlu_fallback", "confidence": 1 - SURE_WITHOUT_A_SIGN}
        message.set(INTENT, dict(others[0]) if likely else unknown, add_to_output=True)
        message.set(INTENT_RANKING_KEY, others, add_to_output=True)

    @staticmethod
    def _decide(message: Message, intent: Text) -> None:
        sure = {"name": intent, "confidence": 1.0}
        others = [one for one in message.get(INTENT_RANKING_KEY) or [] if one["name"] != intent]
        message.set(INTENT, sure, add_to_output=True)
        message.set(INTENT_RANKING_KEY, [sure, *others], add_to_output=True)
