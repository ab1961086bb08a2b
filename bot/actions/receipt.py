"""Showing an answer again by the code under it."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import Understanding, understanding_of
from bot.receipts import judge
from content.library import Library
from store.clock import local_date
from store.database import Database
from store.queries.campaign_archive import SentCampaign, sent_campaign
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
            campaign = None if receipt is not None else await sent_campaign(connection, understood.entities["code"])
        if receipt is None:
            dispatcher.utter_message(json_message=_campaign(understood, campaign))
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


def _campaign(understood: Understanding, campaign: SentCampaign | None) -> dict[str, Any]:
    """What is said to the code of a campaign, in messages of the same form: whether it was really sent."""
    if campaign is None or not campaign.sent:
        return understood.base("receipt_unknown")
    return {
        **understood.base("campaign_genuine"),
        "organisation": campaign.organisation_name,
        "organisation_en": campaign.organisation_name_en,
        "title": campaign.title,
        "day": local_date(campaign.sent[0]).isoformat(),
    }
