"""Greeting, menus, help, thanks."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.subject import Subject
from bot.actions.understanding import understanding_of
from content.topics import Topic

_KEYS = {"start": "welcome"}


class SmallTalkAction(Action):
    """Replies to what people say to the bot itself; the message key is the intent's name."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_small_talk"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Reply."""
        understood = understanding_of(tracker)
        key = _KEYS.get(understood.intent, understood.intent)
        data = {**understood.base(key), "topic": Topic.CHITCHAT.value}
        if "page" in understood.entities:
            data["page"] = understood.entities["page"]
        dispatcher.utter_message(json_message=data)
        return []


class TopicMenuAction(Action):
    """Shows what is known about a topic, to be chosen by number."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_topic_menu"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Show it, and take it as what is talked about: "giấy tờ gì?" may follow."""
        understood = understanding_of(tracker)
        topic, group = Topic(understood.entities["topic"]), understood.entities.get("household_group")
        data = {**understood.base("topic_menu"), "topic": topic.value, "household_group": group}
        dispatcher.utter_message(json_message={**data, "page": understood.entities.get("page")})
        return [Subject(topic, household_group=group).remembered()]
