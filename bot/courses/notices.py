"""Messages about courses that nobody asked for at this moment: a seat became free, a course changed, a new one opened.

They are queued in the transaction that made the change, so each person is told of it exactly once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.courses.cards import card_of, detail_text, title_of, trade_name
from bot.messages import Button, OutgoingMessage
from bot.payloads import make_payload
from content.topics import Topic
from content.translations import Catalogue, catalogue_for
from store.clock import local_date
from store.delivery_states import DeliveryKind, Priority
from store.queries.course_interests import Addressee
from store.queries.deliveries import queue_deliveries

News = Literal["seat", "changed", "cancelled", "opened"]

#: A seat or a cancelled course cannot wait; a new course can wait behind everything but campaigns.
_PRIORITY: dict[News, Priority] = {
    "seat": Priority.TRANSACTIONAL,
    "changed": Priority.TRANSACTIONAL,
    "cancelled": Priority.TRANSACTIONAL,
    "opened": Priority.REMINDER,
}


async def queue_course_news(
    connection: AsyncConnection, news: News, people: Sequence[Addressee], *, now: datetime
) -> None:
    """Queue one message to each of `people`, in their language."""
    for person in people:
        message = news_message(news, person, now=now)
        await queue_deliveries(
            connection,
            [message.to_json()],
            conversation_id=person.conversation_id,
            incoming_id=None,
            channel=person.channel,
            address=person.address,
            kind=DeliveryKind.COURSE,
            priority=_PRIORITY[news],
            now=now,
        )


def news_message(news: News, person: Addressee, *, now: datetime) -> OutgoingMessage:
    """Return what a person is told."""
    catalogue = catalogue_for(person.language)
    card = card_of(person.course, day=local_date(now))
    text = catalogue.text(
        f"course.news.{news}",
        title=title_of(card, catalogue),
        trade=trade_name(card["trade"], catalogue),
        detail=detail_text(card, catalogue),
    )
    return OutgoingMessage(text=text, buttons=_buttons(news, person, catalogue), topic=Topic.VOCATIONAL_TRAINING.value)


def _buttons(news: News, person: Addressee, catalogue: Catalogue) -> tuple[Button, ...]:
    code, trade = person.course.code, person.course.trade
    if news == "opened":
        return (
            Button(title=catalogue.text("course.button.detail"), payload=make_payload("course_detail", course=code)),
            Button(
                title=catalogue.text("course.button.no_more_news"), payload=make_payload("course_withdraw", trade=trade)
            ),
        )
    if news == "cancelled":
        return (Button(title=catalogue.text("course.button.find"), payload=make_payload("find_courses", trade=trade)),)
    return (
        Button(title=catalogue.text("course.button.mine"), payload=make_payload("my_courses")),
        Button(title=catalogue.text("course.button.withdraw"), payload=make_payload("course_withdraw", course=code)),
    )
