"""The form `pledge_form`: reads a reply and asks the next question. What was confirmed is made in `end`."""

import re
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.actions.answer import CLEARLY_NAMED
from bot.actions.safety import goes_before_forms
from bot.actions.side_question import answer_side_question
from bot.actions.understanding import Understanding, understanding_of
from bot.actions.waiting_form import another_action_answered
from bot.giving.draft import (
    AMOUNT,
    AREA,
    CONTACT,
    EXPECTED,
    GOODS,
    KIND,
    NAME,
    PLACE,
    PURPOSE,
    SCHEDULE,
    SUMMARY,
    SURE,
    Draft,
    Offers,
)
from bot.giving.reading import (
    NotUnderstood,
    Reply,
    amount_in,
    answer_to,
    chosen_answer,
    reply_in,
    told_at_once,
    with_parts_named,
)
from bot.giving.summary import Wish, wish_in
from content.library import Library
from content.topics import Topic
from content.translations import catalogue_for
from fund.accounts import kept_accounts
from fund.configuration import FundConfiguration
from store.database import Database

SLOT = "pledge"
FILLED = "pledge_reply"
LAST_GIFT = "gift"
START = "make_pledge"
REPLY = "pledge_reply"

#: Replies to one question that are not understood before a person is offered.
TRIES = 3

#: Questions whose answer is in people's own words: only what asks is taken for a question there.
_IN_OWN_WORDS = frozenset({GOODS, PLACE, NAME})
#: Notes that are no failure of the person to answer.
_NO_FAILURE = frozenset({"type_phone", "amount_again"})
# "hủy" is to cancel and folds like the name Huy: where a name is asked for, the letters as typed decide.
_CANCELS = re.compile(r"\b(?:hủy|huỷ|cancel)\b", re.IGNORECASE)
_CANCELS_FOLDED = re.compile(r"^(?:huy(?: bo| di| het| dang ky)?|cancel)\b")
# No name, place or thing reads like these.
_NO_MORE = re.compile(
    r"\b(?:khong|ko|k|hong|chang)(?: muon)? (?:gop|ung ho|dang ky|dong|tang|quyen gop|lam) nua\b"
    r"|^(?:thoi|de) (?:khong|ko|k|hong) (?:gop|ung ho|dang ky|dong|tang|quyen gop)\b"
    r"|^(?:thoi )?(?:toi |em |minh )?doi y(?: roi)?$|^(?:thoi )?(?:de|hen) (?:khi|luc|dip|hom|bua) khac\b"
    r"|\b(?:no longer want|changed my mind)\b"
)
_MOST_WORDS_OF_A_COMMAND = 6


def draft_of(tracker: Tracker) -> Draft | None:
    """Return the pledge that is being made in this conversation, None where there is none."""
    return Draft.from_slot(tracker.get_slot(SLOT))


def giving_data(understood: Understanding, key: str, **data: Any) -> dict[str, Any]:
    """Return message data about giving."""
    return {**understood.base(key), "topic": Topic.DONATE_OR_PLEDGE.value, **data}


async def offers_now(database: Database, fund: FundConfiguration) -> Offers:
    """Return what donors may choose: purposes of the configuration, communes with an account of their own."""
    async with database.single() as connection:
        accounts = await kept_accounts(connection)
    communes = tuple(dict.fromkeys(one.commune for one in accounts.all if one.commune is not None))
    return Offers(tuple(one.id for one in fund.purposes), communes)


class ReadPledgeReply(Action):
    """Validates the form: takes a reply in, obeys a command, answers a side question, or gives way to a button."""

    def __init__(self, library: Library, database: Database, fund: FundConfiguration) -> None:
        self._library = library
        self._database = database
        self._fund = fund

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "validate_pledge_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Change the draft; end the form when it is confirmed or cancelled."""
        if another_action_answered(tracker):
            return []
        understood = understanding_of(tracker)
        offers = await offers_now(self._database, self._fund)
        draft = draft_of(tracker)
        message = tracker.latest_message
        reply = reply_in(str(message.get("text") or ""), message.get("entities") or (), pressed=understood.pressed)
        asked_for_a_reply = tracker.get_slot("requested_slot") == FILLED
        if understood.intent == START and (understood.pressed or not asked_for_a_reply):
            return _go_on(_begun(draft, understood, tracker, reply), offers)
        if draft is None:
            raise ActionExecutionRejection(self.name(), "there is no pledge to go on with")
        if understood.pressed and (understood.intent != REPLY or reply.pressed is None):
            # Another button (a topic, the menu, "forget"): its own rule answers. The pledge waits where it is.
            raise ActionExecutionRejection(self.name(), "the button is for somebody else")
        if goes_before_forms(understood) or _wants_a_person(understood):
            raise ActionExecutionRejection(self.name(), "help comes before the next question")
        if (obeyed := _obey(draft, reply, offers)) is not None:
            return obeyed
        asks = "?" in reply.text or (draft.asking not in _IN_OWN_WORDS and "aspect" in understood.entities)
        if asks and not reply.amounts and answer_side_question(dispatcher, understood, self._library):
            return _keep(replace(draft, note=None))
        try:
            taken = _taken_in(draft, reply, offers, language=understood.language)
        except NotUnderstood as error:
            problem = error.problem
        else:
            return taken if isinstance(taken, list) else _go_on(taken, offers)
        if problem == "not_understood" and answer_side_question(dispatcher, understood, self._library):
            return _keep(replace(draft, note=None))
        if problem == "amount_again":
            draft = draft.without(AMOUNT, EXPECTED).asked_next(offers)
        return _keep(replace(draft, tries=draft.tries + (problem not in _NO_FAILURE), note=problem))


def _wants_a_person(understood: Understanding) -> bool:
    return understood.intent in ("ask_person", "change_language") and understood.confidence >= CLEARLY_NAMED


def _begun(draft: Draft | None, understood: Understanding, tracker: Tracker, reply: Reply) -> Draft:
    """Return the draft to go on with: the one that waits, or a new one that takes in what was said already."""
    restart = reply.pressed == "restart"
    if draft is not None and not restart and not reply.amounts:
        return replace(draft, note="resumed", tries=0)
    number = (tracker.latest_message.get("metadata") or {}).get("message_id")
    new = told_at_once(Draft(f"chat:{understood.conversation}:{number}", {}), reply)
    return replace(new, note="welcome")


def _obey(draft: Draft, reply: Reply, offers: Offers) -> list[EventType] | None:
    """Do what a command asks for, whatever is being asked; None where the reply is none."""
    command = reply.pressed
    if command is None:
        if _cancels(draft, reply) or (draft.asking not in _IN_OWN_WORDS and "stop" in reply.words):
            command = "stop"
        elif _is_short(reply) and draft.asking != SUMMARY:
            command = next((word for word in reply.words if word in ("undo", "why")), None)
    if command == "stop":
        return [SlotSet(SLOT, None), SlotSet(FILLED, "cancelled")]
    if command == "undo":
        return _keep(replace(draft.without_last().asked_next(offers), note=None))
    if command == "why":
        return _keep(replace(draft, note=f"why_{draft.asking}" if draft.asking in (NAME, CONTACT) else "why"))
    if command == "confirm_later":
        return [SlotSet(SLOT, draft.as_slot()), SlotSet(FILLED, "waits")]
    return None


def _is_short(reply: Reply) -> bool:
    return len(reply.text.split()) <= _MOST_WORDS_OF_A_COMMAND


def _cancels(draft: Draft, reply: Reply) -> bool:
    if not _is_short(reply):
        return False
    if _CANCELS.search(reply.text) or _NO_MORE.search(reply.folded):
        return True
    return draft.asking not in _IN_OWN_WORDS and _CANCELS_FOLDED.search(reply.folded) is not None


def _taken_in(draft: Draft, reply: Reply, offers: Offers, *, language: str) -> Draft | list[EventType]:
    """Return the draft with a reply taken in, or the events that end the form. Raises NotUnderstood."""
    if draft.asking == SUMMARY or (reply.pressed or "").startswith(("confirm.", "edit.")):
        return _at_summary(draft, reply, offers)
    question = draft.asking
    if reply.pressed is not None:
        pressed_for, _, choice = reply.pressed.partition(".")
        if pressed_for != question:
            # A button under an earlier question: what it says is taken where that question matters.
            if pressed_for not in draft.questions(offers):
                raise NotUnderstood("changed_meanwhile")
            question = pressed_for
        answer = _offered(question, choice, offers)
    elif question == KIND:
        # "500k" or "20 bao gạo" says what kind it is, and more.
        told = told_at_once(draft, reply)
        if KIND not in told.answers:
            raise NotUnderstood
        return told
    else:
        try:
            answer = answer_to(question, reply, draft)
        except NotUnderstood:
            corrected = _corrected(draft, reply)
            if corrected is None:
                raise
            return corrected
    if question == CONTACT and answer["way"] != "none":
        answer = {**answer, "words": catalogue_for(language).text("pledge.ask.contact")}
    draft = draft.answered(question, answer)
    # "Chia 3 đợt" answers how often, and in how many parts.
    return draft if question != SCHEDULE else with_parts_named(draft, reply)


def _offered(question: str, choice: str, offers: Offers) -> Any:
    if question in (AREA, PURPOSE) and choice != "skip":
        if choice not in (offers.communes if question == AREA else offers.purposes):
            raise NotUnderstood
        return choice
    return chosen_answer(question, choice)


def _corrected(draft: Draft, reply: Reply) -> Draft | None:
    """Take an amount that answers another question as a correction of the amount: "không, 2 triệu cơ"."""
    amount_of = next((one for one in (AMOUNT, EXPECTED) if one in draft.answers), None)
    if amount_of is None or not reply.amounts:
        return None
    try:
        return replace(draft.answered(amount_of, amount_in(reply)), note="corrected")
    except NotUnderstood:
        return None


def _at_summary(draft: Draft, reply: Reply, offers: Offers) -> Draft | list[EventType]:
    wish, what = wish_in(draft, reply, offers)
    if wish is Wish.CONFIRM:
        return [SlotSet(SLOT, draft.as_slot()), SlotSet(FILLED, "confirmed")]
    if wish is Wish.EDIT:
        return draft.without(what, *([SURE] if what in (AMOUNT, EXPECTED) else []))
    if wish is Wish.AMOUNT:
        return replace(draft.answered(what, amount_in(reply)), note="corrected")
    raise NotUnderstood(wish.value)


def _go_on(draft: Draft, offers: Offers) -> list[EventType]:
    return _keep(draft.asked_next(offers))


def _keep(draft: Draft) -> list[EventType]:
    return [SlotSet(SLOT, draft.as_slot()), SlotSet(FILLED, None)]


class AskPledgeQuestion(Action):
    """Asks what the draft waits for, or shows the summary; after three tries explains it and offers a person."""

    def __init__(self, database: Database, fund: FundConfiguration) -> None:
        self._database = database
        self._fund = fund

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_ask_pledge_form_pledge_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Ask, unless something else was answered and the pledge only waits on."""
        if another_action_answered(tracker):
            return []
        understood = understanding_of(tracker)
        draft = draft_of(tracker)
        assert draft is not None
        offers = await offers_now(self._database, self._fund)
        key = "pledge_summary" if draft.asking == SUMMARY else "pledge_question"
        purposes = [one.model_dump() for one in self._fund.purposes]
        data = giving_data(
            understood,
            key,
            draft=draft.as_slot(),
            purposes=purposes,
            communes=list(offers.communes),
            stuck=draft.tries >= TRIES,
        )
        dispatcher.utter_message(json_message=data)
        return []
