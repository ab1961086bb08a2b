"""Whatever is posted to the webhooks' parsers, they never fail with anything but "not understood"."""

import contextlib
import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.json_bodies import read_json
from bot.channels.telegram import parsing as telegram
from bot.channels.zalo_bot import parsing as zalo_bot
from tests.standins.telegram import BOT_ID

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_USER = {"id": 600000001, "is_bot": False, "first_name": "Mẫu", "language_code": "vi"}
_CHAT = {"id": 600000001, "first_name": "Mẫu", "type": "private"}
_MESSAGE: dict[str, Any] = {"message_id": 10, "from": _USER, "chat": _CHAT, "date": 1795399190}
TELEGRAM: list[dict[str, Any]] = [
    {
        "update_id": 1,
        "message": {**_MESSAGE, "text": "/start a", "entities": [{"offset": 0, "length": 6, "type": "bot_command"}]},
    },
    {"update_id": 2, "message": {**_MESSAGE, "voice": {"file_id": "V", "file_unique_id": "u", "duration": 9}}},
    {
        "update_id": 3,
        "message": {**_MESSAGE, "contact": {"phone_number": "84900000001", "first_name": "M", "user_id": 1}},
    },
    {"update_id": 4, "message": {**_MESSAGE, "chat": {**_CHAT, "id": -5, "type": "group"}, "text": "@a b"}},
    {"update_id": 5, "edited_message": {**_MESSAGE, "edit_date": 1795399200, "text": "b"}},
    {
        "update_id": 6,
        "callback_query": {"id": "44", "from": _USER, "message": _MESSAGE, "chat_instance": "1", "data": "/menu"},
    },
    {"update_id": 7, "message": {**_MESSAGE, "location": {"latitude": 14.3, "longitude": 108.0}}},
    {
        "update_id": 8,
        "message": {**_MESSAGE, "photo": [{"file_id": "P", "file_unique_id": "u", "width": 1, "height": 1}]},
    },
    {
        "update_id": 9,
        "message_reaction": {
            "chat": _CHAT,
            "message_id": 11,
            "user": _USER,
            "date": 1795399200,
            "old_reaction": [],
            "new_reaction": [{"type": "emoji", "emoji": "👍"}],
        },
    },
]
_FROM = {"id": "8000000000000000001", "display_name": "Trần Văn Mẫu", "is_bot": False}
_SAID: dict[str, Any] = {
    "message_id": "zb-1",
    "date": 1795399200000,
    "from": _FROM,
    "chat": {"id": "8000000000000000001", "chat_type": "PRIVATE"},
}
ZALO_BOT: list[dict[str, Any]] = [
    {"ok": True, "result": {"event_name": "message.text.received", "message": {**_SAID, "text": "học phí"}}},
    {
        "event_name": "message.image.received",
        "message": {**_SAID, "photo_url": "https://x.zdn.vn/a.jpg", "caption": ""},
    },
    {"event_name": "message.voice.received", "message": {**_SAID, "voice_url": "https://x.zdn.vn/a.aac"}},
    {"event_name": "message.unsupported.received", "message": _SAID},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


@st.composite
def spoiled(draw: st.DrawFn, whole: list[dict[str, Any]]) -> Any:
    """A real update with something else, or nothing, at one or two places."""
    update = copy.deepcopy(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(places(update)[1:]))
        holder = update
        with contextlib.suppress(KeyError, IndexError, TypeError):
            for key in path[:-1]:
                holder = holder[key]
            if draw(st.booleans()):
                del holder[path[-1]]
            else:
                holder[path[-1]] = draw(JSON)
    return update


def telegram_takes(update: Any) -> None:
    key, rank = telegram.key_of(update, b"body", BOT_ID)
    assert key.startswith(f"{BOT_ID}:") and 0 <= rank < 2**62
    assert isinstance(telegram.address_of(update), str)
    with contextlib.suppress(telegram.NotUnderstood):
        telegram.parse(update, BOT_ID)


def zalo_bot_takes(body: Any) -> None:
    update = zalo_bot.unwrapped(body)
    key, rank = zalo_bot.key_of(update, b"body", "1")
    assert key.startswith("1:") and 0 <= rank < 2**62
    assert isinstance(zalo_bot.address_of(update), str)
    with contextlib.suppress(zalo_bot.NotUnderstood):
        zalo_bot.parse(update)


def test_real_updates_are_understood() -> None:
    assert all(telegram.parse(update, BOT_ID) for update in TELEGRAM)
    assert all(zalo_bot.parse(zalo_bot.unwrapped(body)) for body in ZALO_BOT)


@given(spoiled(TELEGRAM))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_spoiled_updates_of_telegram_raise_nothing(update: Any) -> None:
    telegram_takes(update)


@given(spoiled(ZALO_BOT))
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_spoiled_updates_of_the_zalo_bot_raise_nothing(update: Any) -> None:
    zalo_bot_takes(update)


@given(JSON)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_raises_nothing(body: Any) -> None:
    telegram_takes(body)
    zalo_bot_takes(body)


@given(st.binary(max_size=200))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_raise_nothing(body: bytes) -> None:
    telegram_takes(read_json(body))
    zalo_bot_takes(read_json(body))
