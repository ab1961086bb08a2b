"""Entities for what people say in numbers: `amount` of money, `count`, `day`; read by modules of those names."""

from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.amounts import find_amounts
from components.counts import find_count
from components.days import find_day
from components.stateless import StatelessComponent


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class QuantityExtractor(EntityExtractorMixin, StatelessComponent):
    """Adds `amount` `{low, high, per, of}` in đồng, `count` and `day` `{year, month, day}` to what was typed."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Add entities to `messages`; a payload (`/intent{…}`) says all by itself."""
        for message in messages:
            text = message.get(TEXT) or ""
            if text.startswith("/"):
                continue
            found: List[Dict[Text, Any]] = [_entity("amount", amount.as_value()) for amount in find_amounts(text)]
            count, day = find_count(text), find_day(text)
            if count is not None:
                found.append(_entity("count", count))
            if day is not None:
                found.append(_entity("day", day))
            if found:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def _entity(name: Text, value: Any) -> Dict[Text, Any]:
    return {"entity": name, "value": value, "start": 0, "end": 0, "extractor": "QuantityExtractor"}
