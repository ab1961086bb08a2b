"""The first line of whatever is said about a topic: it names the topic, and never what kind of household asks.

A phone shows the first words of a message to whoever holds it. Nobody but the person may learn there that the household
is poor, near-poor or newly out of poverty, so the first `SHOWN_IN_NOTIFICATION` characters never say so.
"""

from datetime import date

from content.topics import Topic
from content.translations import Catalogue

#: Characters of a message that lock screens and lists of chats show, generously counted.
SHOWN_IN_NOTIFICATION = 60


def neutral_topic(topic: str, catalogue: Catalogue) -> str:
    """Return the name of a topic without a household's status in it: its own name where that has none."""
    key = f"bot.topic_line.{topic}"
    return catalogue.text(key if key in catalogue else f"topic.{topic}")


def first_line(topic: Topic | str, on: date, catalogue: Catalogue, *, number: int = 1, of: int = 1) -> str:
    """Return the line that begins an answer; `number` and `of` count the questions of one message."""
    line = catalogue.text("bot.first_line", topic=neutral_topic(topic, catalogue), day=catalogue.date(on))
    return catalogue.text("bot.first_line_counted", number=number, of=of, line=line) if of > 1 else line
