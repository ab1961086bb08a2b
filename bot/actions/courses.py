"""Finding courses and looking at one."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.subject import Subject
from bot.actions.understanding import Understanding, understanding_of
from bot.courses.cards import card_of, interest_card
from bot.courses.months import first_days, month_in
from bot.courses.places import place_meant
from content.topics import Topic
from store.database import Database
from store.queries.course_interests import interest_in, interests_of_person
from store.queries.course_privacy import trades_of_person
from store.queries.courses import Wanted, find_courses, get_course

#: Courses in one message: more would be cut by messengers, and read by nobody on a small screen.
PAGE_LENGTH = 4


def course_data(understood: Understanding, key: str, **data: Any) -> dict[str, Any]:
    """Return message data about courses."""
    return {**understood.base(key), "topic": Topic.VOCATIONAL_TRAINING.value, **data}


async def course_list(
    connection: AsyncConnection, understood: Understanding, *, trade: str | None, place: str | None, month: str | None
) -> dict[str, Any]:
    """Return message data with one page of the courses that are looked for, or with what to do when there is none.

    Args:
        place: words that name a place, or the key of a button.
    """
    day = date.fromisoformat(understood.on)
    begins = first_days(month) if month else (None, None)
    meant = place_meant(place, day) if place else None
    communes = meant.communes if meant else None
    wanted = Wanted(day, trade, communes, *begins)
    page = int(understood.entities.get("page", "1"))
    found, total = await find_courses(connection, wanted, limit=PAGE_LENGTH, offset=(page - 1) * PAGE_LENGTH)
    asked = {"trade": trade, "place": meant.key if meant else None, "month": month}
    if found:
        cards = [card_of(course, day=day) for course in found]
        more = total > page * PAGE_LENGTH
        return course_data(understood, "course_list", courses=cards, total=total, page=page, more=more, **asked)
    others = {}
    if trade is not None and (place or month):
        others["trade"] = (await find_courses(connection, Wanted(day, trade), limit=0))[1]
    if meant is not None and (trade or month):
        others["place"] = (await find_courses(connection, Wanted(day, communes=communes), limit=0))[1]
    others["all"] = (await find_courses(connection, Wanted(day), limit=0))[1] if any(asked.values()) else 0
    told = trade in await trades_of_person(connection, conversation_id=understood.conversation)
    return course_data(understood, "course_list_empty", others=others, told=told, **asked)


class FindCoursesAction(Action):
    """Lists the courses that people can register for, by trade, commune and month."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_find_courses"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Look them up."""
        understood = understanding_of(tracker)
        entities = understood.entities
        month, place = entities.get("month"), entities.get("place")
        if not understood.pressed:
            words = tracker.latest_message.get("text") or ""
            month = month_in(words, date.fromisoformat(understood.on))
            # Rasa notices that a place is named; which one, the words around it tell: "xã Đăk Hà", "huyện Đăk Hà".
            place = words if place else None
        async with self._database.transaction() as connection:
            data = await course_list(connection, understood, trade=entities.get("trade"), place=place, month=month)
        dispatcher.utter_message(json_message=data)
        shown: list[Mapping[str, Any]] = data.get("courses", [])
        return [Subject(Topic.VOCATIONAL_TRAINING).remembered(), SlotSet("course", _only_code(shown))]


def _only_code(cards: list[Mapping[str, Any]]) -> str | None:
    """Return the code that "this course" means after a list: only a list of one means any."""
    return str(cards[0]["code"]) if len(cards) == 1 else None


class CourseDetailAction(Action):
    """Tells all that is known of one course."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_course_detail"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Look it up."""
        understood = understanding_of(tracker)
        code = understood.entities.get("course") or tracker.get_slot("course") or ""
        day = date.fromisoformat(understood.on)
        async with self._database.transaction() as connection:
            course = await get_course(connection, code)
            interest = await interest_in(connection, code=code, conversation_id=understood.conversation)
        if course is None:
            dispatcher.utter_message(json_message=course_data(understood, "course_unknown"))
            return [SlotSet("course", None)]
        card = card_of(course, day=day) if interest is None else interest_card(interest, day=day)
        dispatcher.utter_message(json_message=course_data(understood, "course_detail", course=card))
        return [SlotSet("course", code), Subject(Topic.VOCATIONAL_TRAINING).remembered()]


class MyCoursesAction(Action):
    """Lists the courses that the person registered for and the trades that they want to hear of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_my_courses"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Look them up."""
        understood = understanding_of(tracker)
        day = date.fromisoformat(understood.on)
        async with self._database.transaction() as connection:
            mine = await interests_of_person(connection, conversation_id=understood.conversation)
            trades = await trades_of_person(connection, conversation_id=understood.conversation)
        cards = [interest_card(interest, day=day) for interest in mine]
        dispatcher.utter_message(json_message=course_data(understood, "my_courses", courses=cards, trades=trades))
        return [SlotSet("course", _only_code(list(cards)))]
