"""What residents are told about assistance, legal aid, electricity, the review, certificates and all of it at once."""

from datetime import date

import pytest

from content.library import Library, load_library
from content.topics import Aspect, Certainty, Group, Topic

TODAY = date(2026, 11, 25)
TOPICS = (
    Topic.POVERTY_REVIEW_PROCEDURE,
    Topic.BENEFITS_OVERVIEW,
    Topic.SOCIAL_ASSISTANCE,
    Topic.ELECTRICITY_SUPPORT,
    Topic.LEGAL_AID,
    Topic.DOCUMENT_CERTIFICATE,
)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def words(library: Library, topic: Topic, aspect: Aspect, on: date = TODAY, group: Group | None = None) -> str:
    answer = library.answer(topic, aspect=aspect, group=group, on=on)
    assert answer is not None and answer.aspect_answered
    return answer.text("vi")


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("aspect", Aspect)
@pytest.mark.parametrize("on", [TODAY, date(2027, 2, 1)])
def test_every_aspect_has_an_answer_of_its_own(library: Library, topic: Topic, aspect: Aspect, on: date) -> None:
    answer = library.answer(topic, aspect=aspect, on=on)

    assert answer is not None
    assert answer.aspect_answered or aspect is Aspect.WHAT


@pytest.mark.parametrize(
    ("on", "standard", "certainty"),
    [
        (date(2024, 6, 30), "360.000", Certainty.V),
        (date(2024, 7, 1), "500.000", Certainty.MH),
        (date(2026, 7, 1), "540.000", Certainty.V2),
        (TODAY, "540.000", Certainty.V2),
    ],
)
def test_the_standard_amount_of_social_assistance_is_that_of_the_day(
    library: Library, on: date, standard: str, certainty: Certainty
) -> None:
    answer = library.answer(Topic.SOCIAL_ASSISTANCE, aspect=Aspect.HOW_MUCH, on=on)

    assert answer is not None
    assert f"Mức chuẩn: {standard} đồng một tháng" in answer.text("vi")
    assert answer.certainty is certainty


def test_since_the_new_decree_only_confirmed_amounts_are_told(library: Library) -> None:
    """Danger list of the facts: the standard amount, severe disability, the social pension, the funeral."""
    confirmed = {"540.000", "1,5", "810.000", "20", "10.800.000", "75", "70", "05/10/2026", "01/07"}
    for group in (None, *Group):
        answer = library.answer(Topic.SOCIAL_ASSISTANCE, aspect=Aspect.HOW_MUCH, group=group, on=TODAY)
        assert answer is not None
        prose = answer.text("vi")
        for source in answer.sources:
            prose = prose.replace(source.document_number, "")
        numbers = {word.strip(".,:;()") for word in prose.split() if word[0].isdigit()}
        assert numbers <= confirmed, answer.statement_id


def test_before_the_new_decree_each_group_has_its_coefficient(library: Library) -> None:
    disabled = words(library, Topic.SOCIAL_ASSISTANCE, Aspect.HOW_MUCH, date(2022, 6, 1), Group.DISABLED)

    assert "Khuyết tật nặng: 1,5, bằng 540.000 đồng" in disabled
    assert "Khuyết tật đặc biệt nặng: 2; trẻ em, người cao tuổi: 2,5" in disabled


def test_the_new_decree_was_announced_once_it_was_signed(library: Library) -> None:
    before, after = (
        library.answer(Topic.SOCIAL_ASSISTANCE, aspect=Aspect.HOW_MUCH, on=day)
        for day in (date(2026, 8, 20), date(2026, 8, 21))
    )

    assert before is not None and before.upcoming is None
    assert after is not None and after.upcoming is not None
    assert after.upcoming.text("vi").startswith("Từ ngày 05/10/2026 áp dụng Nghị định 335/2026/NĐ-CP")


def test_the_social_pension_begins_earlier_for_poor_and_near_poor_people(library: Library) -> None:
    text = words(library, Topic.SOCIAL_ASSISTANCE, Aspect.WHO, group=Group.ELDERLY)

    assert "Từ 75 tuổi trở lên" in text
    assert "Từ 70 tuổi: thuộc hộ nghèo, hộ cận nghèo" in text


@pytest.mark.parametrize(("on", "amount"), [(date(2022, 6, 1), "7.200.000"), (TODAY, "10.800.000")])
def test_the_funeral_support_follows_the_standard_amount(library: Library, on: date, amount: str) -> None:
    assert amount in words(library, Topic.SOCIAL_ASSISTANCE, Aspect.HOW_MUCH, on, Group.FUNERAL)


def test_an_answer_on_assistance_before_the_new_decree_names_what_replaced_its_source(library: Library) -> None:
    answer = library.answer(Topic.SOCIAL_ASSISTANCE, aspect=Aspect.WHO, on=date(2022, 6, 1), today=TODAY)

    assert answer is not None
    assert [source.replaced_by for source in answer.sources] == [("335/2026/NĐ-CP",)]


def test_near_poor_people_are_told_when_legal_aid_is_possible_and_that_more_comes(library: Library) -> None:
    answer = library.answer(Topic.LEGAL_AID, aspect=Aspect.WHO, group=Group.NEAR_POOR, on=TODAY)

    assert answer is not None and answer.upcoming is not None
    assert "người bị buộc tội" in answer.text("vi")
    assert answer.upcoming.from_date == date(2027, 1, 1)
    assert "hộ cận nghèo" in answer.upcoming.text("vi")


def test_electricity_support_is_told_in_kilowatt_hours_and_never_in_money(library: Library) -> None:
    text = words(library, Topic.ELECTRICITY_SUPPORT, Aspect.HOW_MUCH)

    assert "30 kWh" in text
    assert "đồng" not in text


def test_a_near_poor_household_that_asks_about_electricity_gets_a_next_step(library: Library) -> None:
    text = words(library, Topic.ELECTRICITY_SUPPORT, Aspect.WHO, group=Group.NEAR_POOR)

    assert "hỏi UBND xã" in text
    assert "không được" not in text.lower()


def test_scores_are_those_of_the_review_of_that_day(library: Library) -> None:
    now = words(library, Topic.POVERTY_REVIEW_PROCEDURE, Aspect.HOW_MUCH)
    later = library.answer(Topic.POVERTY_REVIEW_PROCEDURE, aspect=Aspect.HOW_MUCH, on=date(2027, 2, 1))

    assert "140 điểm" in now and "175 điểm" in now and "30 điểm" in now
    assert later is not None and later.uncertain


def test_the_state_pays_a_share_of_voluntary_social_insurance_until_the_poverty_line_changes(library: Library) -> None:
    now = words(library, Topic.BENEFITS_OVERVIEW, Aspect.HOW_MUCH, group=Group.VOLUNTARY_INSURANCE)
    later = library.answer(
        Topic.BENEFITS_OVERVIEW, aspect=Aspect.HOW_MUCH, group=Group.VOLUNTARY_INSURANCE, on=date(2027, 1, 1)
    )

    assert all(amount in now for amount in ("330.000", "165.000", "132.000", "99.000", "66.000"))
    assert later is not None and later.uncertain


@pytest.mark.parametrize("group", [Group.POOR, Group.NEAR_POOR, Group.NEWLY_ESCAPED, Group.ETHNIC_MINORITY])
def test_each_household_group_has_its_own_overview(library: Library, group: Group) -> None:
    answer = library.answer(Topic.BENEFITS_OVERVIEW, group=group, on=TODAY)

    assert answer is not None and answer.group_answered
    assert answer.statement_id == f"benefits_overview.what.{group}"


def test_nothing_of_these_topics_is_announced_years_before_it_was_decided(library: Library) -> None:
    assert all(
        answer.upcoming is None or answer.upcoming.from_date.year <= 2024
        for topic in TOPICS
        for aspect in Aspect
        for group in (None, *Group)
        if (answer := library.answer(topic, aspect=aspect, group=group, on=date(2022, 6, 1)))
    )
