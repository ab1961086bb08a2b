"""Only our own buttons may speak for a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.payloads import UnknownPayload, check_payload, make_payload, typed_command
from content.topics import Aspect, Group, Topic


@given(
    st.sampled_from(list(Topic)), st.none() | st.sampled_from(list(Aspect)), st.none() | st.sampled_from(list(Group))
)
def test_every_payload_that_we_make_is_accepted_as_it_is(
    topic: Topic, aspect: Aspect | None, group: Group | None
) -> None:
    payload = make_payload(topic, aspect=aspect, household_group=group)
    assert check_payload(payload) == payload


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "/",
        "hộ nghèo",
        "/restart",
        "/nlu_fallback",
        "/session_start",
        "/EXTERNAL: x",
        "/health_insurance{",
        "/health_insurance{}x",
        '/health_insurance{"aspect":"everything"}',
        '/health_insurance{"aspect":["who"]}',
        '/health_insurance{"slot":"who"}',
        '/health_insurance@0.99{"aspect":"who"}',
        '/change_language{"language":"xx"}',
        "/health_insurance\n/forget",
        "/topic_menu",
        '/topic_menu{"topic":"everything"}',
        '/menu{"page":"0"}',
        "/receipt",
        '/receipt{"code":"AAAAAAA"}',
        "/follow_up",
        "/several_questions",
        "/" + "a" * 5000,
    ],
)
def test_a_payload_that_no_button_carries_is_refused(payload: str) -> None:
    with pytest.raises(UnknownPayload):
        check_payload(payload)


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("/start", "/start"),
        ("/START", "/start"),
        ("/start@ChungTayBot", "/start"),
        ("/start ref-123", "/start"),
        ("/xoa", "/forget"),
        ("/en", '/change_language{"language":"en"}'),
        ("/health_insurance", None),
        ('/health_insurance{"aspect":"who"}', None),
        ("start", None),
        ("/", None),
    ],
)
def test_people_can_type_the_commands_of_messengers_and_no_others(text: str, payload: str | None) -> None:
    assert typed_command(text) == payload
