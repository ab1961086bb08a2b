"""A course as the data of a message, and in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.courses.places import place_text
from content.trades import load_trades
from content.translations import Catalogue
from store.queries.course_interests import Interest
from store.queries.courses import CourseRow

Card = Mapping[str, Any]


def card_of(course: CourseRow, *, day: date) -> dict[str, Any]:
    """Return what a message about a course has to know; days are ISO dates.

    Args:
        day: the day on which `open` is judged.
    """
    return {
        "code": course.code,
        "title": {"vi": course.title_vi, "en": course.title_en or course.title_vi},
        "trade": course.trade,
        "venue": course.venue,
        "communes": list(course.communes),
        "provider": course.provider,
        "starts_on": course.starts_on.isoformat(),
        "ends_on": course.ends_on.isoformat() if course.ends_on else None,
        "register_by": course.register_by.isoformat(),
        "seats": course.seats,
        "left": max(0, course.seats - course.taken) if not course.waiting else 0,
        "waiting": course.waiting,
        "fee": course.fee,
        "support": course.support,
        "state": course.state,
        "open": course.is_open_on(day),
        "source": course.source,
    }


def interest_card(interest: Interest, *, day: date) -> dict[str, Any]:
    """Return the card of a course with the person's own place in it."""
    return {
        **card_of(interest.course, day=day),
        "interest": interest.state.value,
        "position": interest.position,
        "has_phone": interest.has_phone,
    }


def title_of(card: Card, catalogue: Catalogue) -> str:
    """Return the title in the language of `catalogue`."""
    return str(card["title"][catalogue.language.catalogue])


def trade_name(trade: str, catalogue: Catalogue) -> str:
    """Return the name of a trade in the language of `catalogue`."""
    return load_trades()[trade].name(catalogue.language.catalogue)


def day_text(iso: str, catalogue: Catalogue) -> str:
    """Return an ISO date as the language writes it."""
    return catalogue.date(date.fromisoformat(iso))


def held_at(card: Card, catalogue: Catalogue) -> str:
    """Return where the course is held, with the communes of today."""
    return ", ".join([str(card["venue"]), *(place_text(code, catalogue) for code in card["communes"])])


def seats_text(card: Card, catalogue: Catalogue) -> str:
    """Return how many seats are left, or how many people wait."""
    if card["left"]:
        return catalogue.text("course.seats_left", left=card["left"], seats=card["seats"])
    return catalogue.text("course.seats_none", waiting=card["waiting"])


def summary_text(card: Card, catalogue: Catalogue) -> str:
    """Return a course in three short lines, for lists."""
    return catalogue.text(
        "course.summary",
        title=title_of(card, catalogue),
        start=day_text(card["starts_on"], catalogue),
        deadline=day_text(card["register_by"], catalogue),
        place=held_at(card, catalogue),
        seats=seats_text(card, catalogue),
    )


def detail_text(card: Card, catalogue: Catalogue) -> str:
    """Return all that is known of a course, a line each."""
    if card["ends_on"]:
        days = catalogue.text(
            "course.days_between",
            start=day_text(card["starts_on"], catalogue),
            end=day_text(card["ends_on"], catalogue),
        )
    else:
        days = catalogue.text("course.days_from", start=day_text(card["starts_on"], catalogue))
    return catalogue.text(
        "course.detail",
        title=title_of(card, catalogue),
        code=card["code"],
        trade=trade_name(card["trade"], catalogue),
        days=days,
        deadline=day_text(card["register_by"], catalogue),
        place=held_at(card, catalogue),
        provider=card["provider"],
        seats=seats_text(card, catalogue),
        fee=catalogue.text(f"course.fee.{card['fee']}"),
        support=catalogue.text(f"course.support.{card['support']}"),
        source=card["source"],
    )


def consent_text(card: Card, catalogue: Catalogue) -> str:
    """Return the question that a person agrees to before their wish to take a course is stored."""
    return catalogue.text("course.consent", title=title_of(card, catalogue))


def trade_consent_text(trade: str, catalogue: Catalogue) -> str:
    """Return the question that a person agrees to before their wish to hear of a trade's courses is stored."""
    return catalogue.text("course.trade_consent", trade=trade_name(trade, catalogue))
