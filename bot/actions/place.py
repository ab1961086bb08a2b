"""Which commune's office a person has to go to, from the place they name now or named before."""

from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import Understanding, understanding_of
from content.places import Resolution, resolve
from content.topics import Aspect, Topic

SLOT = "place"
#: Aspects of the offices that are answered without knowing the place: whom to meet, and when.
SAME_EVERYWHERE = frozenset({Aspect.WHO, Aspect.DEADLINE})


def named_place(tracker: Tracker, understood: Understanding) -> Resolution:
    """Return the place that the message names. A button carries an id; typed words are read as a whole."""
    on = date.fromisoformat(understood.on)
    found = understood.entities.get("place")
    if understood.pressed or found is None:
        return resolve(found, on=on) if found else Resolution(on)
    return resolve(str(tracker.latest_message.get("text") or ""), on=on)


def remembered_place(tracker: Tracker, understood: Understanding) -> Resolution:
    """Return the place that was named earlier in this conversation, as it is on the day asked about."""
    on = date.fromisoformat(understood.on)
    before = tracker.get_slot(SLOT)
    return resolve(str(before), on=on) if before else Resolution(on)


def place_message(understood: Understanding, resolution: Resolution) -> dict[str, Any]:
    """Return message data: the office of a unit, the units of a district, or the question which place is meant."""
    candidates = [(one.place.id, one.via.id if one.via else None) for one in resolution.candidates]
    if resolution.is_ambiguous:
        data = {**understood.base("place_ask"), "candidates": candidates}
    else:
        key = "place_office" if resolution.unit else "place_district"
        data = {**understood.base(key), "place": candidates[0][0], "via": candidates[0][1]}
    return {**data, "topic": Topic.CONTACT_OFFICE.value}


def with_office(
    tracker: Tracker, understood: Understanding, data: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[EventType]]:
    """Return the messages and events of an answer whose "where" names the office of the person's commune.

    The place is remembered whatever is asked; it is spoken of where somebody asks where to go, and where nothing
    can be answered but whom to ask.
    """
    named = named_place(tracker, understood)
    events = remember(named)
    asks_where = understood.entities.get("aspect") == Aspect.WHERE
    place = named or remembered_place(tracker, understood)
    if place.unit is not None and (asks_where or data["key"] == "no_source"):
        return [{**data, "office_of": place.unit.id}], events
    return [data, *([place_message(understood, place)] if place and asks_where else [])], events


def remember(resolution: Resolution) -> list[EventType]:
    """Return the event that keeps a place that is known without doubt."""
    return [SlotSet(SLOT, resolution.unit.id)] if resolution.unit else []


def office_asked_for(tracker: Tracker, understood: Understanding) -> tuple[dict[str, Any], list[EventType]]:
    """Return the message and events for "where is the office?"."""
    named = named_place(tracker, understood)
    place = named or remembered_place(tracker, understood)
    aspect = understood.entities.get("aspect")
    if place:
        data = {**place_message(understood, place), "remembered": not named}
    elif aspect in SAME_EVERYWHERE:
        data = {**understood.base("answer"), "topic": Topic.CONTACT_OFFICE.value, "aspect": aspect}
    else:
        data = {**understood.base("contact_office"), "topic": Topic.CONTACT_OFFICE.value}
    return data, remember(named)


class ContactOfficeAction(Action):
    """Names the office of the place asked about, asks which place is meant, or asks for the place."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_contact_office"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Reply."""
        data, events = office_asked_for(tracker, understanding_of(tracker))
        dispatcher.utter_message(json_message=data)
        return events
