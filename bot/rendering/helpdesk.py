"""Words about tickets: the code, when somebody will answer, how it stands."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.topics import Topic
from content.translations import Catalogue
from store.ticket_states import ComplaintKind, TicketReason, TicketState

Data = Mapping[str, Any]
Maker = Callable[[Data, Catalogue], OutgoingMessage]


def when_answered(data: Data, catalogue: Catalogue) -> str:
    """Return the sentence that says when somebody will answer; no hours that nobody has confirmed."""
    if data["open_now"]:
        return catalogue.text("desk.when.now")
    if data["opens_at"] is None or not data["confirmed"]:
        return catalogue.text("desk.when.office_hours")
    opens = datetime.fromisoformat(data["opens_at"])
    return catalogue.text(
        "desk.when.opens",
        time=f"{opens:%H:%M}",
        weekday=catalogue.text(f"desk.weekday.{opens.isoweekday()}"),
        day=catalogue.date(opens.date()),
    )


def complaint_buttons(topic: Topic, catalogue: Catalogue) -> tuple[Button, ...]:
    """Return the way to a complaint under answers about complaints."""
    if topic is not Topic.COMPLAINT_OR_FEEDBACK:
        return ()
    payload = make_payload("ask_person", why=TicketReason.COMPLAINT)
    return (Button(title=catalogue.text("desk.button.complain"), payload=payload),)


class HelpDeskMakers:
    """The makers of all message keys about tickets, for `Renderer`."""

    def by_key(self) -> dict[str, Maker]:
        """Return message key -> maker."""
        return {
            "ticket_opened": self._opened,
            "ticket_danger": self._opened,
            "campaign_reply_opened": self._opened,
            "complaint_opened": self._opened,
            "complaint_kinds": self._kinds,
            "ticket_state": self._state,
            "ticket_unknown": self._plain,
            "ticket_withdrawn": self._plain,
            "bot_back": self._plain,
        }

    @staticmethod
    def _message(data: Data, text: str, *buttons: Button) -> OutgoingMessage:
        understood = {name: data.get(name) for name in ("topic", "intent", "confidence")}
        return OutgoingMessage(text=text, buttons=buttons, **understood)

    @staticmethod
    def _menu(catalogue: Catalogue) -> Button:
        return Button(title=catalogue.text("bot.button.menu"), payload=make_payload("menu"))

    @staticmethod
    def _withdraw(data: Data, catalogue: Catalogue) -> Button:
        payload = make_payload("ticket", code=data["code"], value="down")
        return Button(title=catalogue.text("desk.button.withdraw"), payload=payload)

    @staticmethod
    def _status(data: Data, catalogue: Catalogue) -> Button:
        return Button(title=catalogue.text("desk.button.status"), payload=make_payload("ticket", code=data["code"]))

    def _opened(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        key = str(data["key"]) if data["new"] else "ticket_known"
        if data["talking"]:
            key = "ticket_talking"
        told = {"code": data["code"], "when": when_answered(data, catalogue), "title": data.get("title", "")}
        text = catalogue.text(f"desk.{key}", **told)
        return self._message(
            data, text, self._status(data, catalogue), self._withdraw(data, catalogue), self._menu(catalogue)
        )

    def _kinds(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        buttons = [
            Button(title=catalogue.text(f"desk.complaint.{kind}"), payload=make_payload("ask_person", why=kind))
            for kind in ComplaintKind
        ]
        return self._message(data, catalogue.text("desk.complaint_kinds"), *buttons, self._menu(catalogue))

    def _state(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        state = TicketState(data["state"])
        text = catalogue.text(
            f"desk.state.{state}",
            code=data["code"],
            opened=catalogue.date(date.fromisoformat(data["opened_on"])),
            when=when_answered(data, catalogue),
        )
        own = data["own"] and state is not TicketState.RESOLVED
        buttons = [self._withdraw(data, catalogue)] if own else []
        return self._message(data, text, *buttons, self._menu(catalogue))

    def _plain(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text(f"desk.{data['key']}", code=data.get("code") or "")
        return self._message(data, text, self._menu(catalogue))
