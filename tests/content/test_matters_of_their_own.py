"""Matters beside a topic's main road: deposits, training cards, treatment without referral …"""

from datetime import date

import pytest

from content.library import load_library
from content.topics import MATTERS_OF_THEIR_OWN, Aspect, Group, Topic

TODAY = date(2026, 11, 25)
LIBRARY = load_library()
WRITTEN = sorted(
    (statement.topic, group)
    for statement in LIBRARY.statements.values()
    for group in statement.groups
    if group in MATTERS_OF_THEIR_OWN
)


def test_each_matter_of_its_own_is_written_about_under_its_topics() -> None:
    assert set(WRITTEN) == {(topic, matter) for matter, topics in MATTERS_OF_THEIR_OWN.items() for topic in topics}


@pytest.mark.parametrize(("topic", "matter"), WRITTEN)
def test_the_matter_is_told_whatever_side_of_it_is_asked_about(topic: Topic, matter: Group) -> None:
    for aspect in (None, *Aspect):
        answer = LIBRARY.answer(topic, aspect=aspect, programme=matter, on=TODAY)
        assert answer is not None and answer.group is matter
        assert answer.aspect_answered and answer.matter_of_its_own


@pytest.mark.parametrize(("topic", "matter"), WRITTEN)
def test_the_group_beside_it_does_not_hide_the_matter(topic: Topic, matter: Group) -> None:
    answer = LIBRARY.answer(topic, aspect="how_much", group="poor", programme=matter, on=TODAY)
    assert answer is not None and answer.group is matter


@pytest.mark.parametrize(("topic", "matter"), WRITTEN)
def test_what_is_offered_next_is_the_topic_itself(topic: Topic, matter: Group) -> None:
    answer = LIBRARY.answer(topic, programme=matter, on=TODAY)
    assert answer is not None and answer.other_aspects
    for aspect in answer.other_aspects:
        following = LIBRARY.answer(topic, aspect=aspect, on=TODAY)
        assert following is not None and following.statement_id != answer.statement_id
