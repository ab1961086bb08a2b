"""What an event of Zalo says. Shapes differ between the sources, so all of them are read; nothing here raises."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from bot.messages import clean_text

#: A person wrote or pressed: only these start an answer, so that the bot never answers itself (channels.md D-12).
WRITTEN = re.compile(r"(user|anonymous)_send_(?P<kind>text|image|photo|gif|link|audio|video|sticker|file|location|"
                     r"business_card)$")  # fmt: skip
ECHO = re.compile(r"oa_send_(?P<kind>text|image|gif|list|file|sticker|template|link|video|location)$")
ANONYMOUS_ECHO = re.compile(r"oa_send_anonymous_\w+$")
#: What people do beside writing; each opens the window for free text (channels.md A8).
INTERACTIONS = frozenset(
    {
        *("follow", "user_submit_info", "user_click_chatnow", "user_call_oa"),
        *("widget_interaction_accepted", "user_reply_consent", "user_click_button", "user_click_link"),
        "user_feedback",
    }
)
#: A reaction of a person to a message of the account; opens the window too.
REACTED = "user_reacted_message"
GROUP = re.compile(r"(user|oa)_send_group_\w+$")
#: Known and of no use here: stored, and nothing follows.
IGNORED = frozenset(
    {
        *("oa_reacted_message", "add_user_to_tag", "create_group", "user_join_group", "user_leave_group"),
        *("update_group_info", "delete_group", "oa_send_consent", "oa_call_user", "shop_has_order"),
        *("change_oa_template_tags", "event_journey_time_out", "event_journey_acknowledged"),
    }
)
TEMPLATE_CHANGES = frozenset({"change_template_status", "change_template_quality", "change_template_quota"})

#: Names are kept and counted: nothing in them that a table or a log could not bear.
_ODD = re.compile(r"[^\w.\-]", re.ASCII)
_LONGEST_ICON = 40
_DIGITS = re.compile(r"-?\d{1,15}")
_TOKEN = re.compile(r"[\w.:@=\-/+]{1,200}")


@dataclass(frozen=True)
class Attachment:
    """One thing that came with a message. `url` is where Zalo keeps it for some time."""

    kind: str
    url: str | None = None
    name: str | None = None
    size: int | None = None
    latitude: str | None = None
    longitude: str | None = None


@dataclass(frozen=True)
class SharedInfo:
    """What somebody filled in when they were asked for it. Phone as they or Zalo wrote it."""

    name: str | None
    phone: str | None
    address: str | None


@dataclass(frozen=True)
class ZaloEvent:
    """One event. Ids are texts. `person` is empty where it is about nobody."""

    name: str
    person: str
    at: datetime | None
    timestamp: str | None
    message_ids: tuple[str, ...] = ()
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    conversation: str | None = None
    user_id_by_app: str | None = None
    admin_id: str | None = None
    raw: Mapping[str, Any] | None = None

    @property
    def message_id(self) -> str:
        """The first message that the event is about, or an empty text."""
        return self.message_ids[0] if self.message_ids else ""


class NotAnEvent(ValueError):
    """The body is no JSON object that names an event."""


def parse_event(body: bytes) -> ZaloEvent:
    """Read one event.

    Raises:
        NotAnEvent: nothing to read.
    """
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotAnEvent("not JSON") from error
    name = found.get("event_name") if isinstance(found, dict) else None
    if not isinstance(name, str) or not name:
        raise NotAnEvent("no event_name")
    message = _object(found, "message")
    stamp = _id(found.get("timestamp"))
    ids = [_id(message.get("msg_id")), *map(_id, _list(message.get("msg_ids")))]
    return ZaloEvent(
        name=_ODD.sub("?", name)[:80],
        person=_person(found, name),
        at=_moment(stamp),
        timestamp=stamp,
        message_ids=tuple(one for one in ids if one),
        text=message["text"] if isinstance(message.get("text"), str) else "",
        attachments=tuple(_attachments(message)),
        conversation=_id(message.get("conversation_id")),
        user_id_by_app=_id(found.get("user_id_by_app")),
        admin_id=_id(_object(found, "sender").get("admin_id") or found.get("admin_id")),
        raw=found,
    )


def event_key(event: ZaloEvent, oa_id: str) -> str:
    """Return what makes an event this one and no other: a redelivery has the same key.

    A message is named by its id. Reactions to one message, receipts of several and events without an id are told apart
    by when they happened (channels.md A12).
    """
    if len(event.message_ids) == 1 and (WRITTEN.match(event.name) or event.name.startswith("oa_send_")):
        named = event.message_id
    else:
        about = "|".join((event.name, event.timestamp or "", event.person, *event.message_ids, _more(event)))
        named = hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{oa_id}:{event.name}:{named}"


def _more(event: ZaloEvent) -> str:
    """What else tells events of no person apart: two templates may change at the same moment."""
    if event.person or event.raw is None:
        return ""
    return orjson.dumps(event.raw, option=orjson.OPT_SORT_KEYS).decode()


def reaction_of(event: ZaloEvent) -> str:
    """Return the code of a reaction as Zalo writes it; empty where it was taken back (channels.md A7.7)."""
    icon = _object(event.raw or {}, "message").get("react_icon")
    return clean_text(icon)[:_LONGEST_ICON] if isinstance(icon, str) else ""


def shared_info(event: ZaloEvent) -> SharedInfo:
    """Return what somebody shared, in any of the three shapes that were seen (channels.md A13, D-24)."""
    raw = event.raw or {}
    info = _object(raw, "info")
    if not info:
        try:
            told = orjson.loads(event.text or "{}")
        except orjson.JSONDecodeError:
            told = {}
        info = told if isinstance(told, dict) else {}
    full = _object(info, "full_address")
    places = (
        [full.get("user_address"), full.get("user_ward"), full.get("user_city")]
        if full
        else [info.get("address"), info.get("ward"), info.get("district"), info.get("city")]
    )
    named = ", ".join(one.strip() for one in places if isinstance(one, str) and one.strip())
    name = info.get("name")
    return SharedInfo(name if isinstance(name, str) else None, _id(info.get("phone")), named or None)


def _person(found: Mapping[str, Any], name: str) -> str:
    """Return whose event it is: the sender of what people do, the recipient of what the account does."""
    if follower := _id(_object(found, "follower").get("id")):
        return follower
    from_account = name.startswith("oa_") or name in ("user_received_message", "user_seen_message")
    side = "recipient" if from_account else "sender"
    return _id(_object(found, side).get("id")) or _id(found.get("user_id")) or ""


def _attachments(message: Mapping[str, Any]) -> Sequence[Attachment]:
    found = []
    for one in _list(message.get("attachments")):
        if not isinstance(one, dict):
            continue
        payload = _object(one, "payload")
        place = _object(payload, "coordinates")
        url = payload.get("url")
        size = _id(payload.get("size"))
        found.append(
            Attachment(
                kind=str(one.get("type") or "")[:40],
                url=url if isinstance(url, str) else None,
                name=payload["name"][:200] if isinstance(payload.get("name"), str) else None,
                size=int(size) if size is not None and _DIGITS.fullmatch(size) else None,
                latitude=_id(place.get("latitude")),
                longitude=_id(place.get("longitude")),
            )
        )
    # One source shows the place beside the attachments.
    place = _object(message, "location")
    if place and not found:
        place = _object(place, "coordinates") or place
        found.append(Attachment("location", latitude=_id(place.get("latitude")), longitude=_id(place.get("longitude"))))
    return found


def _object(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _id(value: object) -> str | None:
    """Return an id or number as text, digit by digit. A float has lost digits already and is no id."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str) and _TOKEN.fullmatch(value):
        return value
    return None


def _moment(stamp: str | None) -> datetime | None:
    """Return the moment of an epoch in milliseconds (in seconds where it is too small for that)."""
    if stamp is None or not _DIGITS.fullmatch(stamp):
        return None
    number = int(stamp)
    seconds = number / 1000 if number > 100_000_000_000 else float(number)
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
