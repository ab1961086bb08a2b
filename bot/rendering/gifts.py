"""Words about gifts: thanks, how it is paid, where it stands and where it went, changing and cancelling it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.courses.places import place_text
from bot.giving.cards import Card
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from bot.rendering.pledges import Maker, make_button, menu_button, message_of, mine_button, person_button
from content.library import Library
from content.translations import Catalogue

Data = Mapping[str, Any]


def gift_button(catalogue: Catalogue, key: str, code: str, do: str) -> Button:
    """Return a button about a gift with the words `gift.button.<key>`."""
    return Button(title=catalogue.text(f"gift.button.{key}"), payload=make_payload("gift", gift=code, do=do))


def change_button(catalogue: Catalogue, code: str) -> Button:
    """Return the button that asks for another amount."""
    return Button(title=catalogue.text("gift.button.change"), payload=make_payload("gift_change", gift=code))


class GiftMakers:
    """The makers of all message keys about gifts, for `Renderer`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def by_key(self) -> dict[str, Maker]:
        """Return message key -> maker."""
        return {
            "pledge_made": self._made,
            "pledge_done_already": self._done_already,
            "payment": self._payment,
            "payment_no_account": self._no_account,
            "gift_status": self._status,
            "gift_unknown": self._not_found,
            "gift_code_wrong": self._not_found,
            "my_gifts": self._mine,
            "gift_not_yours": self._not_yours,
            "gift_change_ask": self._change_ask,
            "gift_change_again": self._change_again,
            "gift_change_sure": self._change_sure,
            "gift_change_by_new": self._change_by_new,
            "gift_changed": self._changed,
            "gift_unchanged": self._done_already,
            "gift_cancel_sure": self._cancel_sure,
            "gift_cancelled": self._cancelled,
        }

    def _front(self, catalogue: Catalogue) -> str:
        office = self._library.offices["fatherland_front_commune"]
        return office.how_to_reach(catalogue.language.catalogue).strip()

    def _made(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gift = data["gift"]
        key = "gift.made.in_kind" if gift["kind"] == "in_kind" else "gift.made"
        lines = [catalogue.text(key, what=what_of(gift, catalogue), code=gift["code"], where=self._front(catalogue))]
        if gift["demo"]:
            lines.append(catalogue.text("gift.demo"))
        return message_of(data, "\n".join(lines), _ways_on(gift, catalogue, pay=False))

    def _done_already(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        code = data["code"]
        key = str(data["key"]).removeprefix("pledge_").removeprefix("gift_")
        buttons = [gift_button(catalogue, "show", code, "show"), make_button(catalogue), menu_button(catalogue)]
        return message_of(data, catalogue.text(f"gift.{key}", code=code), buttons)

    def _payment(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        account, amount, code = data["account"], data["amount"], data["code"]
        lines = [catalogue.text("gift.pay.demo")] if account["demo"] else []
        picture = data["picture"]
        lines.append(catalogue.text("gift.pay.scan" if picture else "gift.pay.by_hand"))
        lines += [
            catalogue.text("gift.pay.bank", bank=account["bank"]),
            catalogue.text("gift.pay.number", number=account["number"]),
            catalogue.text("gift.pay.holder", holder=account["holder"]),
            catalogue.text("gift.pay.amount", amount=catalogue.money(amount))
            if amount
            else catalogue.text("gift.pay.any_amount"),
            catalogue.text("gift.pay.memo", code=code),
            catalogue.text("gift.pay.drive" if data["drive"] else "gift.pay.keep", code=code),
        ]
        buttons = [gift_button(catalogue, "arrived", code, "show"), menu_button(catalogue)]
        return message_of(data, "\n".join(lines), buttons, image=picture)

    def _no_account(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        code = data["code"]
        text = catalogue.text("gift.pay.no_account", code=code, where=self._front(catalogue))
        return message_of(data, text, [gift_button(catalogue, "pay", code, "pay"), menu_button(catalogue)])

    def _status(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gift = data["gift"]
        lines = [catalogue.text("gift.status.head", code=gift["code"], what=what_of(gift, catalogue))]
        if gift["demo"]:
            lines.append(catalogue.text("gift.demo"))
        lines.append(_standing(gift, catalogue))
        lines += [
            catalogue.text("gift.status.came", day=_day(one["day"], catalogue), amount=catalogue.money(one["amount"]))
            for one in data["came"]
        ]
        if gift["refunded"]:
            lines.append(catalogue.text("gift.status.refunded", amount=catalogue.money(gift["refunded"])))
        lines += [_use(use, catalogue) for use in data["uses"]]
        if data["came"] and not data["uses"] and gift["received"]:
            lines.append(catalogue.text("gift.status.not_used_yet"))
        if gift["due"] is not None and gift["kind"] == "money":
            due = gift["due"]
            amount = catalogue.money(due["amount"])
            lines.append(catalogue.text("gift.status.due", amount=amount, day=_day(due["day"], catalogue)))
        if gift["standing"] == "waiting" and gift["kind"] != "in_kind":
            lines.append(catalogue.text("gift.status.not_seen", where=self._front(catalogue)))
        return message_of(data, "\n".join(lines), _ways_on(gift, catalogue, mine=data["mine"]))

    def _not_found(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        key = str(data["key"]).removeprefix("gift_")
        text = catalogue.text(f"gift.{key}", code=data["code"], where=self._front(catalogue))
        return message_of(data, text, [mine_button(catalogue), person_button(catalogue), menu_button(catalogue)])

    def _mine(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gifts, wish = data["gifts"], data["wish"]
        if not gifts:
            text = catalogue.text("gift.mine.none", where=self._front(catalogue))
            return message_of(data, text, [make_button(catalogue), person_button(catalogue), menu_button(catalogue)])
        lines = [catalogue.text("gift.mine")]
        for number, gift in enumerate(gifts, 1):
            standing = catalogue.text(f"gift.standing.{gift['standing']}")
            lines.append(f"{number}. {gift['code']} – {what_of(gift, catalogue)} – {standing}")
        do = "show" if wish == "change" else wish
        buttons = [
            Button(title=gift["code"], payload=make_payload("gift_change", gift=gift["code"]))
            if wish == "change"
            else Button(title=gift["code"], payload=make_payload("gift", gift=gift["code"], do=do))
            for gift in gifts
        ]
        return message_of(data, "\n".join(lines), [*buttons, make_button(catalogue), menu_button(catalogue)])

    def _not_yours(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text("gift.not_yours", code=data["code"], where=self._front(catalogue))
        show = gift_button(catalogue, "show", data["code"], "show")
        return message_of(data, text, [show, person_button(catalogue), menu_button(catalogue)])

    def _change_ask(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gift = data["gift"]
        text = catalogue.text("gift.change.ask", code=gift["code"], what=what_of(gift, catalogue))
        return message_of(data, text, [gift_button(catalogue, "leave", gift["code"], "show")], numbered=False)

    def _change_again(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text("gift.change.again")
        return message_of(data, text, [gift_button(catalogue, "leave", data["code"], "show")], numbered=False)

    def _change_sure(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gift, amount = data["gift"], data["amount"]
        lines = [
            catalogue.text(
                "gift.change.sure",
                code=gift["code"],
                before=catalogue.money(gift["amount"]),
                after=catalogue.money(amount),
            )
        ]
        if data["odd"]:
            lines.append(catalogue.text("gift.change.odd"))
        yes = gift_button(catalogue, "yes_change", gift["code"], f"amount.{amount}")
        return message_of(data, "\n".join(lines), [yes, gift_button(catalogue, "leave", gift["code"], "show")])

    def _change_by_new(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gift = data["gift"]
        cancel = gift_button(catalogue, "cancel", gift["code"], "cancel")
        text = catalogue.text("gift.change.by_new", code=gift["code"])
        return message_of(data, text, [cancel, make_button(catalogue), menu_button(catalogue)])

    def _changed(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gift = data["gift"]
        text = catalogue.text("gift.changed", code=gift["code"], what=what_of(gift, catalogue))
        return message_of(data, text, _ways_on(gift, catalogue, pay=False))

    def _cancel_sure(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        gift = data["gift"]
        key = "gift.cancel.sure_partly" if gift["received"] else "gift.cancel.sure"
        came = catalogue.money(gift["received"])
        text = catalogue.text(key, code=gift["code"], what=what_of(gift, catalogue), came=came)
        yes = gift_button(catalogue, "yes_cancel", gift["code"], "cancel_sure")
        return message_of(data, text, [yes, gift_button(catalogue, "leave", gift["code"], "show")])

    def _cancelled(self, data: Data, catalogue: Catalogue) -> OutgoingMessage:
        text = catalogue.text("gift.cancelled", code=data["gift"]["code"])
        return message_of(data, text, [make_button(catalogue), menu_button(catalogue)])


def _ways_on(gift: Card, catalogue: Catalogue, *, pay: bool = True, mine: bool = True) -> list[Button]:
    code = gift["code"]
    buttons = []
    open_for_money = gift["state"] == "open" and gift["kind"] != "in_kind"
    if pay and open_for_money:
        buttons.append(gift_button(catalogue, "pay", code, "pay"))
    if mine and gift["state"] == "open":
        if gift["kind"] == "money":
            buttons.append(change_button(catalogue, code))
        buttons.append(gift_button(catalogue, "cancel", code, "cancel"))
    return [*buttons, menu_button(catalogue)]


def what_of(gift: Card, catalogue: Catalogue) -> str:
    """Return what was promised in words: "500.000 đồng", "100.000 đồng mỗi tháng, 12 tháng", "20 bao gạo"."""
    if gift["kind"] == "in_kind":
        return str(gift["goods"])
    if gift["kind"] == "drive":
        people = catalogue.number(gift["people"] or 0)
        return catalogue.text("gift.what.drive", people=people)
    amount = gift["amount"]
    if gift["parts"] > 1 and gift["schedule"] == "monthly":
        parts = catalogue.number(gift["parts"])
        return catalogue.text("gift.what.monthly", amount=catalogue.money(amount), parts=parts)
    if gift["parts"] > 1:
        return catalogue.text(
            "gift.what.instalments", amount=catalogue.money(amount), parts=catalogue.number(gift["parts"])
        )
    return catalogue.money(amount)


def _standing(gift: Card, catalogue: Catalogue) -> str:
    key = f"gift.status.{gift['standing']}"
    if gift["kind"] == "in_kind":
        key += ".in_kind"
    elif gift["kind"] == "drive" and gift["standing"] == "received":
        key += ".drive"
    return catalogue.text(key, received=catalogue.money(gift["received"]), amount=catalogue.money(gift["amount"] or 0))


def _use(use: Mapping[str, Any], catalogue: Catalogue) -> str:
    title = use["title"]
    if use["household"]:
        title = f"{title} – {use['household']}"
    elif use["commune"]:
        title = f"{title} – {place_text(use['commune'], catalogue)}"
    amount = catalogue.money(use["amount"])
    if use["delivered_on"]:
        return catalogue.text(
            "gift.status.use.delivered", title=title, amount=amount, day=_day(use["delivered_on"], catalogue)
        )
    return catalogue.text("gift.status.use", title=title, amount=amount)


def _day(day: str, catalogue: Catalogue) -> str:
    return catalogue.date(date.fromisoformat(day))
