"""What a receipt says about itself on a later day."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.receipts import Standing, judge, receipts_of, with_codes
from bot.rendering.renderer import Renderer
from content.library import load_library
from store.queries.receipts import StoredReceipt

LIBRARY = load_library()
NOW = datetime(2026, 11, 23, 7, 41, 12, tzinfo=UTC)


def receipt(on: str = "2026-11-23", language: str = "vi", **asked: str) -> StoredReceipt:
    asked = asked or {"topic": "poverty_standard", "aspect": "how_much"}
    said = {"custom": {"key": "answer", "on": on, "today": "2026-11-23", **asked}}
    replies = with_codes(Renderer(LIBRARY).replies([said], language, introduce=True))
    (made,) = receipts_of(replies, LIBRARY, now=NOW)
    return made


def test_a_receipt_holds_the_exact_words_and_nothing_finer_than_the_hour() -> None:
    made = receipt()
    assert "1.500.000 đồng" in made.text and made.sources and made.statement == "poverty_standard.how_much"
    assert made.said_at == datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_what_still_holds_is_said_to_hold_in_both_languages() -> None:
    for language in ("vi", "en"):
        assert judge(receipt(language=language), LIBRARY, date(2026, 11, 30)).standing is Standing.HOLDS


def test_a_rule_that_changed_since_is_said_to_have_changed_and_since_when() -> None:
    judgement = judge(receipt(), LIBRARY, date(2027, 1, 2))
    assert judgement.standing is Standing.CHANGED and judgement.valid_from == date(2027, 1, 1)
    assert judgement.text is not None and "2.200.000" in judgement.text


def test_an_answer_for_a_future_day_is_said_not_to_hold_yet() -> None:
    made = receipt("2027-02-01")
    assert judge(made, LIBRARY, date(2026, 11, 23)).standing is Standing.NOT_YET
    assert judge(made, LIBRARY, date(2027, 2, 1)).standing is Standing.HOLDS


def test_words_that_were_corrected_for_the_same_days_are_said_to_be_corrected() -> None:
    judgement = judge(replace(receipt(), wording="0" * 16), LIBRARY, date(2026, 11, 23))
    assert judgement.standing is Standing.CORRECTED and judgement.text


def test_a_statement_that_is_gone_holds_no_more() -> None:
    gone = replace(receipt(), statement="poverty_standard.who.nobody")
    assert judge(gone, LIBRARY, date(2026, 11, 23)).standing is Standing.ENDED


def test_a_statement_whose_review_ran_out_is_said_to_be_in_review() -> None:
    made = receipt("2027-02-01")
    assert judge(made, LIBRARY, date(2027, 12, 24)).standing is Standing.IN_REVIEW


def test_messages_without_a_statement_get_no_code() -> None:
    said = {"custom": {"key": "menu", "on": "2026-11-23", "today": "2026-11-23"}}
    replies = with_codes(Renderer(LIBRARY).replies([said], "vi", introduce=True))
    assert replies[0].receipt is None and receipts_of(replies, LIBRARY, now=NOW) == []
