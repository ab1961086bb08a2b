"""What is held about a person, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.channel_names import channel_name
from bot.courses.cards import trade_name
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.place_units import load_places
from content.topics import Group
from content.translations import Catalogue

type Data = Mapping[str, Any]


class MyDataMakers:
    """Messages about a person's own data."""

    def by_key(self) -> dict[str, Callable[[Data, Catalogue], OutgoingMessage]]:
        """Return the maker of each message key."""
        return {"my_data": self._held, "erase_all_offered": self._offered, "erased_all": self._erased}

    def _held(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        lines = [catalogue.text("bot.my_data"), *(f"• {line}" for line in _lines(data["held"], catalogue))]
        lines.append(catalogue.text("bot.my_data.rights"))
        buttons = (
            Button(title=catalogue.text("bot.button.erase_all"), payload=make_payload("erase_all")),
            Button(title=catalogue.text("bot.button.forget"), payload=make_payload("forget")),
            Button(title=catalogue.text("bot.button.person"), payload=make_payload("ask_person")),
            Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu")),
        )
        return _message("\n".join(lines), data, buttons)

    def _offered(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        sure = make_payload("erase_all", sure="yes")
        buttons = (
            Button(title=catalogue.text("bot.button.erase_all_sure"), payload=sure),
            Button(title=catalogue.text("bot.button.my_data"), payload=make_payload("my_data")),
            Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu")),
        )
        return _message(catalogue.text("bot.erase_all_offered"), data, buttons)

    def _erased(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        return _message(catalogue.text("bot.erased_all"), data, ())


def _message(text: str, data: Data, buttons: tuple[Button, ...]) -> OutgoingMessage:
    told = {"topic": data.get("topic"), "intent": data.get("intent"), "confidence": data.get("confidence")}
    return OutgoingMessage(text=text, buttons=buttons, **told)


def _lines(held: Data, catalogue: Catalogue) -> list[str]:
    channels = ", ".join(channel_name(channel) for channel in held["channels"])
    lines = [catalogue.text("bot.my_data.chats", channels=channels)]
    if held["words"]:
        lines.append(catalogue.plural("bot.my_data.words", held["words"]))
    unit = load_places().units.get(held["commune"] or "")
    group = held["household_group"]
    values = {
        "commune": unit.name if unit else held["commune"],
        "household_group": catalogue.text(f"group.{group}") if group in set(Group) else group,
        "phone": held["phone"],
        "courses": ", ".join(held["courses"]),
        "trades": ", ".join(trade_name(trade, catalogue) for trade in held["trades"]),
        "pledges": ", ".join(held["pledges"]),
    }
    lines += [catalogue.text(f"bot.my_data.{name}", value=value) for name, value in values.items() if value]
    lines += [catalogue.text(f"bot.my_data.{name}") for name in ("kept_answers", "news") if held[name]]
    return lines
