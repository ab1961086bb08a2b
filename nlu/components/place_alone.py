"""A message that is nothing but the name of a place asks for its office: "Bờ Y", or "Hiếu" after "which commune?".

The names of 142 places, taught as examples, would pull every question that holds one towards the office.
"""

from typing import List

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.stateless import StatelessComponent
from components.text import clean, fold, syllables

INTENT_OF_A_PLACE = "contact_office"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PlaceAloneClassifier(StatelessComponent):
    """Decides the intent of messages that the gazetteer covers from the first word to the last with one place."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent of `messages` that only name a place; the others keep theirs."""
        for message in messages:
            ends = [one["end"] for one in message.get(ENTITIES) or () if one["entity"] == "place" and one["start"] == 0]
            if ends and max(ends) == len(syllables(fold(clean(message.get(TEXT) or "")))):
                sure = {"name": INTENT_OF_A_PLACE, "confidence": 1.0}
                others = [one for one in message.get(INTENT_RANKING_KEY) or () if one["name"] != INTENT_OF_A_PLACE]
                message.set(INTENT, sure, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [sure, *others], add_to_output=True)
        return messages
