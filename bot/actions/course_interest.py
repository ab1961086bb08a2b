"""Wanting to take a course: the question of consent, the seat or the waiting list, and withdrawing.

The words that a person agrees to are kept in the slot `course_consent` from the moment they are shown, so what is
stored with the agreement is exactly what was read.
"""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.courses import course_data, course_list
from bot.actions.small_talk import SmallTalkAction
from bot.actions.understanding import Understanding, understanding_of
from bot.courses.cards import card_of, consent_text, interest_card, trade_consent_text
from bot.courses.notices import queue_course_news
from content.translations import catalogue_for
from store.clock import Clock, local_date
from store.database import Database
from store.queries.course_interests import (
    CourseNotOpen,
    interest_in,
    interests_of_person,
    register_interest,
    withdraw_interest,
)
from store.queries.course_privacy import add_trade_interest, drop_trade_interest
from store.queries.courses import Wanted, find_courses, get_course

CONSENT = "course_consent"


def language_of(tracker: Tracker) -> str:
    """Return the language in which the person is spoken to."""
    return str(tracker.latest_message["metadata"].get("language", "vi"))


def message_of(tracker: Tracker, before: int = 0) -> str | None:
    """Return the id of the message that is being answered, or of the one `before` it; None when it is not known."""
    said = [event for event in tracker.events if event.get("event") == "user"]
    if len(said) <= before:
        return None
    metadata = said[-1 - before].get("metadata") or {}
    return None if metadata.get("message_id") is None else str(metadata["message_id"])


class CourseInterestAction(Action):
    """Asks for consent before anything is stored about who wants to learn what."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_course_interest"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Ask, or say why there is nothing to ask."""
        understood = understanding_of(tracker)
        trade, code = understood.entities.get("trade"), understood.entities.get("course")
        if understood.pressed and trade is not None:
            words = trade_consent_text(trade, catalogue_for(language_of(tracker)))
            return _ask(dispatcher, tracker, understood, {"trade": trade}, words)
        async with self._database.transaction() as connection:
            if not understood.pressed and trade is not None:
                # "Cho tôi đăng ký lớp may": the one open course of that trade is meant; of several, one is chosen.
                wanted = Wanted(date.fromisoformat(understood.on), trade)
                found, total = await find_courses(connection, wanted, limit=1)
                code = found[0].code if total == 1 else None
            elif not understood.pressed:
                code = tracker.get_slot("course")
            if code is None:
                data = await course_list(connection, understood, trade=trade, place=None, month=None)
                dispatcher.utter_message(json_message=data)
                return []
            course = await get_course(connection, code)
            interest = await interest_in(connection, code=code, conversation_id=understood.conversation)
        day = date.fromisoformat(understood.on)
        if course is None:
            dispatcher.utter_message(json_message=course_data(understood, "course_unknown"))
            return []
        if interest is not None:
            data = course_data(understood, "course_registered", course=interest_card(interest, day=day), again=True)
            dispatcher.utter_message(json_message=data)
            return [SlotSet("course", code)]
        card = card_of(course, day=day)
        if not card["open"]:
            dispatcher.utter_message(json_message=course_data(understood, "course_not_open", course=card))
            return [SlotSet("course", code)]
        words = consent_text(card, catalogue_for(language_of(tracker)))
        return [SlotSet("course", code), *_ask(dispatcher, tracker, understood, {"course": code}, words)]


def _ask(
    dispatcher: CollectingDispatcher, tracker: Tracker, understood: Understanding, about: dict[str, str], words: str
) -> list[EventType]:
    dispatcher.utter_message(json_message=course_data(understood, "course_consent", about=about, words=words))
    return [SlotSet(CONSENT, {**about, "words": words, "message": message_of(tracker)})]


class CourseAgreeAction(Action):
    """Stores what the person agreed to: a seat, a place on the waiting list, or being told of new courses."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_course_agree"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Store it with the words that were shown; words shown too long ago are shown again first."""
        understood = understanding_of(tracker)
        about = {name: value for name, value in understood.entities.items() if name in ("course", "trade")}
        asked = tracker.get_slot(CONSENT)
        if understood.intent == "course_agree" and (
            not asked or {name: asked.get(name) for name in about} != about or not about
        ):
            return await CourseInterestAction(self._database).run(dispatcher, tracker, domain)
        now = self._clock.now()
        if "trade" in asked:
            async with self._database.transaction() as connection:
                await add_trade_interest(
                    connection,
                    conversation_id=understood.conversation,
                    trade=asked["trade"],
                    consent_text=asked["words"],
                    now=now,
                )
            dispatcher.utter_message(json_message=course_data(understood, "trade_noted", trade=asked["trade"]))
            return [SlotSet(CONSENT, None)]
        dispatcher.utter_message(json_message=await self._register(understood, asked))
        return [SlotSet(CONSENT, None)]

    async def _register(self, understood: Understanding, asked: dict[str, str]) -> dict[str, Any]:
        day, now = date.fromisoformat(understood.on), self._clock.now()
        async with self._database.transaction() as connection:
            try:
                interest = await register_interest(
                    connection,
                    code=asked["course"],
                    conversation_id=understood.conversation,
                    consent_text=asked["words"],
                    today=local_date(now),
                    now=now,
                )
            except CourseNotOpen:
                course = await get_course(connection, asked["course"])
                if course is None:
                    return course_data(understood, "course_unknown")
                return course_data(understood, "course_not_open", course=card_of(course, day=day))
        return course_data(understood, "course_registered", course=interest_card(interest, day=day), again=False)


class YesOrNoAction(SmallTalkAction):
    """A typed "yes" or "no": to the question of consent that was asked just before, else small talk."""

    def __init__(self, agree: CourseAgreeAction) -> None:
        self._agree = agree

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_yes_or_no"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Agree, decline, or reply."""
        asked = tracker.get_slot(CONSENT)
        if not asked or asked["message"] is None or asked["message"] != message_of(tracker, before=1):
            return await super().run(dispatcher, tracker, domain)
        if understanding_of(tracker).intent == "affirm":
            return await self._agree.run(dispatcher, tracker, domain)
        dispatcher.utter_message(json_message=course_data(understanding_of(tracker), "course_declined"))
        return [SlotSet(CONSENT, None)]


class CourseWithdrawAction(Action):
    """Takes the person off a course once they are sure, and tells whoever moves up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_course_withdraw"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Ask whether they are sure, or do it."""
        understood = understanding_of(tracker)
        if understood.pressed and (trade := understood.entities.get("trade")):
            async with self._database.transaction() as connection:
                await drop_trade_interest(connection, conversation_id=understood.conversation, trade=trade)
            dispatcher.utter_message(json_message=course_data(understood, "trade_forgotten", trade=trade))
            return []
        code = understood.entities.get("course")
        if understood.pressed and code and understood.entities.get("sure"):
            dispatcher.utter_message(json_message=await self._withdraw(understood, code))
            return [SlotSet(CONSENT, None)]
        dispatcher.utter_message(json_message=await self._question(understood, code))
        return []

    async def _question(self, understood: Understanding, code: str | None) -> dict[str, Any]:
        async with self._database.transaction() as connection:
            mine = await interests_of_person(connection, conversation_id=understood.conversation)
        cards = [interest_card(one, day=date.fromisoformat(understood.on)) for one in mine]
        meant = [card for card in cards if card["code"] == code] if code else cards
        if len(meant) == 1:
            return course_data(understood, "course_withdraw_sure", course=meant[0])
        return course_data(understood, "my_courses", courses=cards, trades=[])

    async def _withdraw(self, understood: Understanding, code: str) -> dict[str, Any]:
        now = self._clock.now()
        async with self._database.transaction() as connection:
            was_there, moved_up = await withdraw_interest(
                connection, code=code, conversation_id=understood.conversation, today=local_date(now), now=now
            )
            await queue_course_news(connection, "seat", moved_up, now=now)
            course = await get_course(connection, code)
        if course is None:
            return course_data(understood, "course_unknown")
        card = card_of(course, day=date.fromisoformat(understood.on))
        return course_data(understood, "course_withdrawn", course=card, was_there=was_there)
