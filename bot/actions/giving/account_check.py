"""Is this account, link or message really the fund's? Official, or unknown: do not transfer; and a report to staff."""

from typing import Any
from urllib.parse import urlsplit

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import Understanding, understanding_of, words_of
from bot.giving.account_question import AccountQuestion, not_clickable, partly_shown, question_in
from bot.giving.cards import account_card
from bot.helpdesk.opening import desk_is_staffed, open_ticket
from content.topics import Topic
from fund.accounts import Accounts, kept_accounts
from store.clock import Clock
from store.database import Database
from store.queries.account_reports import report_account
from store.ticket_states import TicketReason

#: The account that was asked about last, for the report that the person may make of it.
ASKED = "account_asked"
#: Words around it that staff get to read.
_MOST_WORDS = 500


class AccountCheck:
    """Judges what somebody wants to know to be genuine, by the accounts that two people of the fund have set."""

    def __init__(self, database: Database, public_address: str = "") -> None:
        self._database = database
        self._own_host = urlsplit(public_address).hostname or ""

    async def reply(
        self, tracker: Tracker, understood: Understanding, *, asked: bool
    ) -> tuple[dict[str, Any], list[EventType]] | None:
        """Return message data for a message with an account or link in it; None for any other.

        Args:
            asked: the message asks whether something is genuine. Else only a link, or what names an account, counts.
        """
        text = words_of(tracker, understood)
        hidden = bool((tracker.latest_message.get("metadata") or {}).get("masked"))
        if not text and not hidden:
            return None
        if not asked and not any(char.isdigit() or char == "." for char in text):
            return None
        async with self._database.single() as connection:
            accounts = await kept_accounts(connection)
        question = question_in(text, official=accounts.all, hidden=hidden and asked)
        if not question or not (asked or question.links or (question.numbers and question.names_an_account)):
            return None
        return self._judged(understood, question, accounts, text)

    def _judged(
        self, understood: Understanding, question: AccountQuestion, accounts: Accounts, text: str
    ) -> tuple[dict[str, Any], list[EventType]]:
        base = {**understood.base("account_official"), "topic": Topic.DONATE_OR_PLEDGE.value}
        known = [account for number in question.numbers if (account := accounts.by_number(number)) is not None]
        strange = [number for number in question.numbers if accounts.by_number(number) is None]
        links = [host for host in question.links if host != self._own_host]
        own = [host for host in question.links if host == self._own_host]
        if not strange and not links and not question.hidden:
            return {**base, "accounts": [account_card(one) for one in known], "own_links": own}, []
        shown = [partly_shown(number) for number in strange] + [not_clickable(host) for host in links]
        data = {
            **base,
            "key": "account_unknown",
            "subjects": shown,
            "known": [partly_shown(one.number) for one in known],
            "published": bool(accounts),
        }
        subject = next(iter([*strange, *links]), "(số đã che)")
        return data, [SlotSet(ASKED, {"subject": subject, "words": text[:_MOST_WORDS]})]


class ReportAccount(Action):
    """Hands to staff an account that is not the fund's, because the person pressed the button."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_report_account"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Report it once."""
        understood = understanding_of(tracker)
        asked = tracker.get_slot(ASKED)
        base = {"topic": Topic.COMPLAINT_OR_FEEDBACK.value}
        if asked is None:
            dispatcher.utter_message(json_message={**understood.base("account_nothing"), **base})
            return []
        now = self._clock.now()
        async with self._database.transaction() as connection:
            await report_account(
                connection,
                subject=asked["subject"],
                words=asked["words"],
                conversation_id=understood.conversation,
                now=now,
            )
            if await desk_is_staffed(connection):
                await open_ticket(
                    connection,
                    reason=TicketReason.ACCOUNT_REPORT,
                    about=f"account:{partly_shown(asked['subject'])}",
                    conversation_id=understood.conversation,
                    topic=Topic.FUND_FOR_THE_POOR.value,
                    now=now,
                )
        dispatcher.utter_message(json_message={**understood.base("account_reported"), **base})
        return [SlotSet(ASKED, None)]
