"""A question about a topic that comes while a form waits for a reply: answered once, then the form asks again."""

from datetime import date

from rasa_sdk.executor import CollectingDispatcher

from bot.actions.answer import CLEARLY_NAMED
from bot.actions.subject import answer_data, subject_said
from bot.actions.understanding import NOT_FROM_STATEMENTS, Understanding
from content.library import Library
from content.topics import Topic

_TOPICS = frozenset(topic.value for topic in Topic) - frozenset(topic.value for topic in NOT_FROM_STATEMENTS)


def answer_side_question(dispatcher: CollectingDispatcher, understood: Understanding, library: Library) -> bool:
    """Answer what clearly asks about a topic; return whether it did."""
    intent, confidence = understood.alone
    if understood.pressed or intent not in _TOPICS or confidence < CLEARLY_NAMED:
        return False
    subject = subject_said(Topic(intent), understood.entities)
    today = date.fromisoformat(understood.today)
    dispatcher.utter_message(json_message=answer_data(understood.base("answer"), subject, library, today=today))
    return True
