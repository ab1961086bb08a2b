"""Words about one person's several channels."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.channel_names import channel_name
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.translations import Catalogue
from store.queries.links import CODE_LASTS

Data = Mapping[str, Any]

_KEYS = (
    *("link_shown", "link_code", "linked", "unlinked", "link_alone", "link_preferred", "link_not_here"),
    *(f"link_refused_{why}" for why in ("unknown", "too_many", "same_conversation", "linked_already")),
)
#: After these, a code may be asked for.
_OFFER_CODE = frozenset({"link_shown", "link_alone", "unlinked", "link_refused_unknown"})


class LinkMakers:
    """The makers of all message keys about linked channels, for `Renderer`."""

    def by_key(self) -> dict[str, Callable[[Data, Catalogue], OutgoingMessage]]:
        """Return message key -> maker."""
        return dict.fromkeys(_KEYS, self._message)

    @staticmethod
    def _message(data: Data, catalogue: Catalogue) -> OutgoingMessage:
        key, channels = str(data["key"]), list(data.get("channels") or ())
        several = len(channels) > 1
        paragraphs = [
            catalogue.text(
                f"bot.{key}",
                code=data.get("code") or "",
                minutes=int(CODE_LASTS.total_seconds() // 60),
                other=channel_name(str(data.get("with") or "")),
                preferred=channel_name(str(data.get("preferred") or data.get("here") or "")),
            )
        ]
        if key == "link_shown":
            named = ", ".join(channel_name(one) for one in channels)
            paragraphs.append(catalogue.text("bot.link_channels" if several else "bot.link_only", channels=named))
        buttons = []
        if key in _OFFER_CODE:
            buttons.append(_button("bot.button.link", catalogue, value="up"))
        if several and key in ("linked", "link_shown"):
            buttons += [
                _button("bot.button.prefer", catalogue, named=channel_name(one), channel=one)
                for one in channels
                if one != data.get("preferred")
            ]
            buttons.append(_button("bot.button.unlink", catalogue, value="down"))
        buttons.append(Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu")))
        understood = {name: data.get(name) for name in ("topic", "intent", "confidence")}
        return OutgoingMessage(text="\n\n".join(paragraphs), buttons=tuple(buttons), **understood)


def _button(key: str, catalogue: Catalogue, *, named: str = "", **entities: str) -> Button:
    return Button(title=catalogue.text(key, channel=named), payload=make_payload("link", **entities))
