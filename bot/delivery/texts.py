"""The words of a recipient: the frozen text of the run with its placeholders filled in."""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from bot.channels.capabilities import CAPABILITIES, LEAST
from bot.channels.fitting import fitted
from bot.messages import OutgoingMessage
from content.translations import catalogue_for
from store.queries.bulk import ClaimedRecipient

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class NoText(Exception):
    """The run has no text for this recipient: its variant is missing, or a placeholder has nothing to fill it."""


class RunTexts:
    """The texts of one run. Frozen: they never change, so a sender reads them once."""

    def __init__(self, messages: Mapping[tuple[str, str], Mapping[str, Any]]) -> None:
        self._messages = messages
        self._prepared: dict[tuple[str, str], tuple[Mapping[str, Any], bool]] = {}

    def words(self, recipient: ClaimedRecipient) -> Mapping[str, Any]:
        """Return the message to one recipient on the channel of its row.

        Raises:
            NoText: with what is missing.
        """
        if recipient.variant is None:
            return recipient.delivery.message
        template, has_places = self._template(recipient.variant, recipient.delivery.channel)
        return _filled(template, recipient.filled or {}) if has_places else template

    def _template(self, variant: str, channel: str) -> tuple[Mapping[str, Any], bool]:
        known = self._prepared.get((variant, channel))
        if known is None:
            known = self._prepared[variant, channel] = self._prepare(variant, channel)
        return known

    def _prepare(self, variant: str, channel: str) -> tuple[Mapping[str, Any], bool]:
        message = self._messages.get((variant, channel))
        if message is None:
            message = self._messages.get((variant, ""))
            if message is None:
                raise NoText(f"variant:{variant}")
            whole = OutgoingMessage.model_validate(message)
            catalogue = catalogue_for(whole.language or "vi")
            message = fitted(whole, CAPABILITIES.get(channel, LEAST), catalogue).to_json()
        return message, _PLACEHOLDER.search(orjson.dumps(message).decode()) is not None


def _filled(value: Any, filled: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: _fill(found[1], filled), value)
    if isinstance(value, Mapping):
        return {key: _filled(one, filled) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, filled) for one in value]
    return value


def _fill(name: str, filled: Mapping[str, Any]) -> str:
    if name not in filled:
        raise NoText(f"placeholder:{name}")
    return str(filled[name])
