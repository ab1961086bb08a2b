"""A gift by its code: where it stands, how it is paid, another amount, cancelling it; and all gifts of a person."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.giving.form import LAST_GIFT, giving_data
from bot.actions.giving.payment import payment_data
from bot.actions.understanding import Understanding, understanding_of, words_of
from bot.giving.cards import gift_card
from bot.giving.wishes import wish_with_gift
from content.topics import Topic
from fund.accounts import kept_accounts
from fund.configuration import FundConfiguration
from fund.lookup import GiftStory, look_up_code
from fund.pledge_codes import typed_pledge_codes
from fund.pledging import PledgeRefused, cancel_pledge, change_amount
from store.clock import Clock
from store.database import Database
from store.queries.people import is_same_person
from store.queries.pledges import PledgeRow, pledges_of_person


class GiftAction(Action):
    """Does with the gift of a code what a button, or the words around a typed code, ask for."""

    def __init__(self, database: Database, clock: Clock, fund: FundConfiguration) -> None:
        self._database = database
        self._clock = clock
        self._fund = fund

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_gift"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Look it up, and do it."""
        understood = understanding_of(tracker)
        code = understood.entities.get("gift", "")
        wish, _, amount = understood.entities.get("do", "show").partition(".")
        if not typed_pledge_codes(code):
            dispatcher.utter_message(json_message=receipt_data(understood, "gift_code_wrong", code=code))
            return []
        async with self._database.transaction() as connection:
            story = await look_up_code(connection, code)
            if story is None:
                dispatcher.utter_message(json_message=receipt_data(understood, "gift_unknown", code=code))
                return []
            said = await self._done(connection, understood, story, wish, amount)
        for one in said:
            dispatcher.utter_message(json_message=one)
        return [SlotSet(LAST_GIFT, story.pledge.code)]

    async def _done(
        self, connection: AsyncConnection, understood: Understanding, story: GiftStory, wish: str, amount: str
    ) -> list[dict[str, Any]]:
        pledge = story.pledge
        mine = await is_theirs(connection, pledge, understood.conversation)
        if wish == "show":
            return [story_data(understood, story, self._fund, mine=mine)]
        if wish == "pay":
            accounts = await kept_accounts(connection)
            return [payment_data(understood, pledge, accounts.for_commune(pledge.commune))]
        if not mine:
            return [giving_data(understood, "gift_not_yours", code=pledge.code)]
        try:
            if wish == "cancel":
                return [giving_data(understood, "gift_cancel_sure", gift=gift_card(pledge, self._fund))]
            if wish == "cancel_sure":
                cancelled = await cancel_pledge(connection, pledge.code, now=self._clock.now())
                return [giving_data(understood, "gift_cancelled", gift=gift_card(cancelled, self._fund))]
            changed = await change_amount(connection, pledge.code, int(amount), now=self._clock.now())
        except PledgeRefused as error:
            return [giving_data(understood, "pledge_refused", cause=error.cause)]
        accounts = await kept_accounts(connection)
        return [
            giving_data(understood, "gift_changed", gift=gift_card(changed, self._fund)),
            payment_data(understood, changed, accounts.for_commune(changed.commune)),
        ]


async def is_theirs(connection: AsyncConnection, pledge: PledgeRow, conversation: int) -> bool:
    """True for whoever made the pledge, in any chat of theirs. A code alone is not enough: it stands in memos."""
    if pledge.conversation_id is None:
        return False
    return await is_same_person(connection, pledge.conversation_id, conversation)


def receipt_data(understood: Understanding, key: str, **data: Any) -> dict[str, Any]:
    return {**understood.base(key), "topic": Topic.DONATION_RECEIPT_TRANSPARENCY.value, **data}


def story_data(understood: Understanding, story: GiftStory, fund: FundConfiguration, *, mine: bool) -> dict[str, Any]:
    """Return message data that tells where a gift stands and where it went."""
    return receipt_data(
        understood,
        "gift_status",
        gift=gift_card(story.pledge, fund, refunded=story.refunded),
        came=[{"day": gift.received_on.isoformat(), "amount": gift.amount} for gift in story.gifts],
        uses=[
            {
                "title": use.title,
                "amount": use.amount,
                "commune": use.commune,
                "household": use.household,
                "delivered_on": use.delivered_on.isoformat() if use.all_delivered and use.delivered_on else None,
            }
            for use in story.uses
        ],
        mine=mine,
    )


class MyGiftsAction(Action):
    """Shows the gifts that were promised in this chat; for others it asks for the code."""

    def __init__(self, database: Database, fund: FundConfiguration) -> None:
        self._database = database
        self._fund = fund

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_my_gifts"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Show the one, a list, or how to go on without a code."""
        understood = understanding_of(tracker)
        wish = wish_with_gift(words_of(tracker, understood))
        async with self._database.transaction() as connection:
            mine = await pledges_of_person(connection, conversation_id=understood.conversation)
            if len(mine) == 1 and wish == "show":
                story = await look_up_code(connection, mine[0].code)
                assert story is not None
                dispatcher.utter_message(json_message=story_data(understood, story, self._fund, mine=True))
                return [SlotSet(LAST_GIFT, mine[0].code)]
        cards = [gift_card(one, self._fund) for one in mine]
        dispatcher.utter_message(json_message=receipt_data(understood, "my_gifts", gifts=cards, wish=wish))
        return []
