"""Whatever bytes come, the parsers of Zalo's events read them or say that they are none; nothing else is raised."""

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.channels.zalo.errors import meaning_of
from bot.channels.zalo.events import NotAnEvent, event_key, parse_event, reaction_of, shared_info
from bot.channels.zalo.templates import template_of
from store.clock import SetClock
from tests.standins.zalo import APP_ID, OA_ID, Person
from tests.standins.zalo_webhook import written

NOW = SetClock().now()
PERSON = Person("7000000000000000001", "Nguyễn Thị Mẫu")
REAL = [
    written({"user": PERSON.id, "do": do, "text": "chào", "msg_id": "m-1", "conversation": "c", "info": {"phone": 84}},
            PERSON, OA_ID, APP_ID, 1_795_399_200_000, "m-1")
    for do in ("write", "follow", "unfollow", "officer", "react", "info", "image", "file", "location", "anonymous")
]  # fmt: skip
ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers(-(2**70), 2**70) | some.floats() | some.text(max_size=40),
    lambda deeper: some.lists(deeper, max_size=4) | some.dictionaries(some.text(max_size=12), deeper, max_size=4),
    max_leaves=12,
)


def _read(body: bytes) -> None:
    try:
        event = parse_event(body)
    except NotAnEvent:
        return
    assert isinstance(event.person, str) and isinstance(event.text, str)
    assert all(isinstance(one, str) for one in event.message_ids)
    key = event_key(event, OA_ID)
    # A table takes it: PostgreSQL refuses NUL and lone surrogates.
    assert key.isprintable() and key.encode()
    assert key.startswith(f"{OA_ID}:") and key == event_key(parse_event(body), OA_ID)
    shared_info(event)
    # A table takes this too.
    assert b"\0" not in reaction_of(event).encode()


@given(some.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    _read(body)


@given(ANYTHING)
def test_any_json(value: Any) -> None:
    try:
        body = orjson.dumps(value)
    except TypeError:
        # Numbers that JSON of the real world has and orjson does not write.
        return
    _read(body)


@given(some.sampled_from(REAL), some.data())
def test_real_events_with_anything_in_place_of_a_part(event: dict[str, Any], data: some.DataObject) -> None:
    changed = copy.deepcopy(event)
    part: Any = changed
    for _ in range(data.draw(some.integers(1, 4))):
        keys = list(part) if isinstance(part, dict) else list(range(len(part))) if isinstance(part, list) else []
        if not keys:
            break
        key = data.draw(some.sampled_from(keys))
        if data.draw(some.booleans()):
            part[key] = data.draw(ANYTHING)
            break
        part = part[key]
    try:
        body = orjson.dumps(changed)
    except TypeError:
        return
    _read(body)


@given(some.dictionaries(some.sampled_from(["listParams", "status", "price_uid", "price_sdt"]), ANYTHING))
def test_descriptions_of_templates(data: dict[str, Any]) -> None:
    assert template_of("1", data).id == "1"


@pytest.mark.parametrize("price", ["1e999", float("inf"), "nan", 2**70, "-1e30", "x", None, []])
def test_a_price_that_is_none_is_not_known(price: Any) -> None:
    assert template_of("1", {"price_uid": price}).price_by_user is None


@given(some.integers(-20_000, 0), some.text(max_size=60), some.booleans())
def test_every_error_code_means_something(code: int, words: str, by_phone: bool) -> None:
    meaning = meaning_of(code, words, NOW, by_phone=by_phone)
    assert meaning.retry_after is None or meaning.retry_after.total_seconds() > 0
