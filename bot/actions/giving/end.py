"""The end of the form `pledge_form`: the pledge that was confirmed is made, or it is said that none was."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.giving.form import FILLED, LAST_GIFT, SLOT, draft_of, giving_data, offers_now
from bot.actions.giving.payment import payment_data
from bot.actions.understanding import Understanding, understanding_of
from bot.giving.cards import gift_card
from bot.giving.draft import AREA, CONTACT, Draft
from fund.accounts import kept_accounts
from fund.configuration import FundConfiguration
from fund.pledging import PledgeRefused, make_pledge
from store.clock import Clock
from store.consent_purposes import ConsentPurpose
from store.database import Database
from store.queries.consents import record_consent
from store.queries.people import channel_of, person_of
from store.queries.pledges import pledge_of_draft


class EndPledge(Action):
    """Makes the pledge that was confirmed, and says how it is paid; or says that none was made."""

    def __init__(self, database: Database, clock: Clock, fund: FundConfiguration) -> None:
        self._database = database
        self._clock = clock
        self._fund = fund

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_end_pledge"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """End it."""
        understood = understanding_of(tracker)
        draft, how = draft_of(tracker), tracker.get_slot(FILLED)
        if how != "confirmed" or draft is None:
            key = "pledge_waits" if how == "waits" and draft is not None else "pledge_dropped"
            dispatcher.utter_message(json_message=giving_data(understood, key))
            return [SlotSet(FILLED, None)]
        try:
            code, said = await self._made(understood, draft)
        except PledgeRefused as error:
            dispatcher.utter_message(json_message=giving_data(understood, "pledge_refused", cause=error.cause))
            return [SlotSet(FILLED, None)]
        for one in said:
            dispatcher.utter_message(json_message=one)
        return [SlotSet(SLOT, None), SlotSet(FILLED, None), SlotSet(LAST_GIFT, code)]

    async def _made(self, understood: Understanding, draft: Draft) -> tuple[str, list[dict[str, Any]]]:
        offers = await offers_now(self._database, self._fund)
        now = self._clock.now()
        async with self._database.transaction() as connection:
            accounts = await kept_accounts(connection)
            account = accounts.for_commune(draft.answers.get(AREA))
            new = draft.new_pledge(
                offers,
                conversation=understood.conversation,
                language=understood.language,
                demo=account is not None and account.demo,
            )
            is_new = await pledge_of_draft(connection, draft.key) is None
            pledge = await make_pledge(connection, new, now=now)
            contact = draft.answers.get(CONTACT) or {}
            if is_new and contact.get("way", "none") != "none":
                await record_consent(
                    connection,
                    person_id=await person_of(connection, conversation_id=understood.conversation),
                    purpose=ConsentPurpose.DONATION,
                    given=True,
                    words=contact["words"],
                    language=understood.language,
                    channel=await channel_of(connection, conversation_id=understood.conversation),
                    now=now,
                )
        thanks = giving_data(understood, "pledge_made", gift=gift_card(pledge, self._fund))
        paying = [] if pledge.kind == "in_kind" else [payment_data(understood, pledge, account)]
        return pledge.code, [thanks, *paying]


class PledgeButton(Action):
    """A button of a pledge that is pressed when no pledge is being made: says what became of it."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_pledge_button"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Say so."""
        understood = understanding_of(tracker)
        code = tracker.get_slot(LAST_GIFT)
        key = "pledge_waits" if draft_of(tracker) is not None else "pledge_done_already" if code else "pledge_none"
        dispatcher.utter_message(json_message=giving_data(understood, key, code=code))
        return []
