"""What is offered where a question was not understood."""

from datetime import date
from typing import Any

import pytest

from bot.actions.did_you_mean import DidYouMean
from bot.actions.understanding import Understanding
from bot.payloads import check_payload
from bot.rendering.renderer import Renderer
from content.library import load_library
from content.translations import COMPLETE_LANGUAGES

LIBRARY = load_library()
OFFERING = DidYouMean(LIBRARY)


def understood(
    intent: str = "nlu_fallback", ranking: dict[str, float] | None = None, on: str = "2026-11-25", **entities: str
) -> Understanding:
    return Understanding(
        intent, 0.3, tuple((ranking or {}).items()), entities, on, "2026-11-25", conversation=1, pressed=False,
        language="vi",
    )  # fmt: skip


def topics(offers: list[dict[str, str | None]]) -> list[str | None]:
    return [offer["intent"] for offer in offers]


def test_the_classifiers_likeliest_topics_come_first_and_the_search_fills_up() -> None:
    offers = OFFERING.offers(understood(ranking={"housing_support": 0.2, "legal_aid": 0.05}), "the bao hiem y te")
    assert topics(offers)[:2] == ["housing_support", "health_insurance"]
    assert len(offers) <= 3


def test_what_the_person_named_is_kept_in_every_offer() -> None:
    said = understood(ranking={"credit_loan": 0.3}, aspect="deadline", household_group="near_poor")
    for offer in OFFERING.offers(said, "vay von chan nuoi"):
        assert (offer["aspect"], offer["household_group"]) == ("deadline", "near_poor")


def test_where_nothing_is_near_nothing_is_offered() -> None:
    assert OFFERING.offers(understood(ranking={"out_of_scope": 0.3, "chitchat": 0.3}), "asdf qwer") == []


def test_nothing_is_offered_that_is_not_valid_on_the_day_asked_about() -> None:
    on = "1990-01-01"
    assert LIBRARY.topics_on(date.fromisoformat(on)) == frozenset()
    assert OFFERING.offers(understood(ranking={"credit_loan": 0.9}, on=on), "vay von") == []


def test_outside_the_scope_only_what_classifier_and_search_both_name_is_a_near_miss() -> None:
    question = "thẻ bảo hiểm y tế của hộ cận nghèo"
    near = OFFERING.near_misses(understood("out_of_scope", {"out_of_scope": 0.8, "health_insurance": 0.15}), question)
    assert topics(near) == ["health_insurance"]
    assert OFFERING.near_misses(understood("out_of_scope", {"out_of_scope": 0.99}), question) == []
    only_the_classifier = understood("out_of_scope", {"out_of_scope": 0.6, "health_insurance": 0.3})
    assert OFFERING.near_misses(only_the_classifier, "asdf qwer") == []


@pytest.mark.parametrize("language", COMPLETE_LANGUAGES)
@pytest.mark.parametrize("key", ["did_you_mean", "out_of_scope_near"])
def test_an_offer_is_a_button_and_never_an_answer(key: str, language: str) -> None:
    offers = OFFERING.offers(understood(), "tien dien cho ho ngheo bao nhieu")
    said: dict[str, Any] = {"key": key, "offers": offers, "on": "2026-11-25", "today": "2026-11-25"}
    (message,) = Renderer(LIBRARY).replies([{"custom": said}], language, introduce=False)
    assert message.sources == () and message.valid is None and "{" not in message.text
    assert len(message.buttons) == len(offers) + 2
    assert len({button.title for button in message.buttons}) == len(message.buttons)
    for button in message.buttons:
        assert check_payload(button.payload) == button.payload
