"""The form `gift_amount_form`: another amount for a gift. It asks, reads one amount, and nothing changes before a yes.

Any other question is answered as always and ends the form without a word, so nobody is held in it.
"""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.giving.form import LAST_GIFT, giving_data
from bot.actions.giving.gifts import is_theirs, receipt_data
from bot.actions.safety import goes_before_forms
from bot.actions.understanding import Understanding, understanding_of
from bot.giving.cards import gift_card
from bot.giving.reading import NotUnderstood, amount_in, reply_in
from fund.configuration import FundConfiguration
from fund.pledging import is_odd
from store.database import Database
from store.queries.pledges import find_pledge

QUESTION, NUMBER = "gift_change", "gift_amount"
INTENT = "gift_change"
_DROPPED = "dropped"
#: Replies with a wrong amount after which the gift is left as it is.
TRIES = 3


class AskNewAmount(Action):
    """Asks how much it shall be, or ends the form."""

    def __init__(self, database: Database, fund: FundConfiguration) -> None:
        self._database = database
        self._fund = fund

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_ask_gift_amount"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Ask for a gift that can be changed; say why another cannot."""
        understood = understanding_of(tracker)
        question = tracker.get_slot(QUESTION)
        if understood.intent == INTENT:
            code = understood.entities.get("gift") or tracker.get_slot(LAST_GIFT) or ""
            data = await self._question(understood, code)
            dispatcher.utter_message(json_message=data)
            if data["key"] != "gift_change_ask":
                return [ActiveLoop(None)]
            return [SlotSet(QUESTION, {"code": code, "tries": 0, "problem": None}), SlotSet(LAST_GIFT, code)]
        if question and question["problem"]:
            said = giving_data(understood, "gift_change_again", problem=question["problem"], code=question["code"])
            dispatcher.utter_message(json_message=said)
            return [SlotSet(QUESTION, {**question, "problem": None})]
        return [SlotSet(QUESTION, None), ActiveLoop(None)]

    async def _question(self, understood: Understanding, code: str) -> dict[str, Any]:
        async with self._database.single() as connection:
            pledge = await find_pledge(connection, code)
            mine = pledge is not None and await is_theirs(connection, pledge, understood.conversation)
        if pledge is None:
            return receipt_data(understood, "gift_unknown", code=code)
        if not mine:
            return giving_data(understood, "gift_not_yours", code=code)
        if pledge.state == "cancelled":
            return giving_data(understood, "pledge_refused", cause="cancelled")
        key = "gift_change_ask" if pledge.kind == "money" else "gift_change_by_new"
        return giving_data(understood, key, gift=gift_card(pledge, self._fund))


class ValidateGiftAmountForm(Action):
    """Reads the amount out of what was typed.

    Setting no slot makes Rasa reject the form, and the message is then handled as if there were none.
    """

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "validate_gift_amount_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Set the amount, or that there is none."""
        understood = understanding_of(tracker)
        question = tracker.get_slot(QUESTION)
        if question is None or understood.pressed or goes_before_forms(understood):
            return []
        message = tracker.latest_message
        reply = reply_in(str(message.get("text") or ""), message.get("entities") or (), pressed=False)
        if {"stop", "no", "skip"} & set(reply.words) and not reply.amounts:
            return [SlotSet(NUMBER, _DROPPED)]
        try:
            return [SlotSet(NUMBER, str(amount_in(reply)))]
        except NotUnderstood as error:
            if not reply.amounts and reply.count is None and error.problem == "not_understood":
                return []
            if question["tries"] + 1 >= TRIES:
                return [SlotSet(NUMBER, _DROPPED)]
            again = {**question, "tries": question["tries"] + 1, "problem": error.problem}
            return [SlotSet(QUESTION, again), SlotSet(NUMBER, None)]


class NewAmountGiven(Action):
    """Reads the new amount back; only the button under it changes anything."""

    def __init__(self, database: Database, fund: FundConfiguration) -> None:
        self._database = database
        self._fund = fund

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_new_amount_given"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Read it back."""
        understood = understanding_of(tracker)
        amount, question = tracker.get_slot(NUMBER), tracker.get_slot(QUESTION)
        if amount is not None and question is not None:
            async with self._database.single() as connection:
                pledge = await find_pledge(connection, question["code"])
            if pledge is None or amount == _DROPPED:
                data = giving_data(understood, "gift_unchanged", code=question["code"])
            else:
                card = gift_card(pledge, self._fund)
                odd = is_odd(int(amount))
                data = giving_data(understood, "gift_change_sure", gift=card, amount=int(amount), odd=odd)
            dispatcher.utter_message(json_message=data)
        return [SlotSet(NUMBER, None), SlotSet(QUESTION, None)]
