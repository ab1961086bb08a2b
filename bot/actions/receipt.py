"""Showing an answer again by the code under it."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import understanding_of
from bot.receipts import judge
from content.library import Library
from store.clock import local_date
from store.database import Database
from store.queries.receipts import find_receipt


class ShowReceiptAction(Action):
    """Says what was said under a code, and whether it still holds."""

    def __init__(self, library: Library, database: Database) -> None:
        self._library = library
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_show_receipt"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Look the code up and say what it stands for."""
        understood = understanding_of(tracker)
        async with self._database.single() as connection:
            receipt = await find_receipt(connection, understood.entities["code"])
        if receipt is None:
            dispatcher.utter_message(json_message=understood.base("receipt_unknown"))
            return []
        judgement = judge(receipt, self._library, date.fromisoformat(understood.today))
        dispatcher.utter_message(
            json_message={
                **understood.base("receipt"),
                "code": receipt.code,
                "text": receipt.text,
                "as_of": receipt.as_of.isoformat(),
                "said_on": local_date(receipt.said_at).isoformat(),
                "valid_from": receipt.valid_from.isoformat(),
                "standing": judgement.standing.value,
                "now_from": judgement.valid_from.isoformat() if judgement.valid_from else None,
                "text_now": judgement.text,
            }
        )
        return []
