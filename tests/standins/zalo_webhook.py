"""Events as Zalo posts them: their shapes, their signature, and JSON written in ways that no library writes again."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from tests.standins.zalo import Person

#: How the body is written; a signature is right for one of them only.
STYLES = ("compact", "spaced", "escaped", "reordered", "slashes")


@dataclass
class Signing:
    """How events are written and signed. `timestamp`: `body` or `header`; `first`: `app_id` or `oa_id`."""

    app_id: str
    oa_id: str
    oa_key: str
    app_secret: str
    style: str = "compact"
    timestamp: str = "body"
    first: str = "app_id"
    key: str = "oa_key"
    prefix: str = "mac="
    #: Timestamps as JSON numbers.
    numbers: bool = False

    def signed(self, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Return the body and its headers."""
        if self.numbers and "timestamp" in event:
            event = {**event, "timestamp": int(event["timestamp"])}
        body = written_as(event, self.style)
        headers = {}
        stamp = f"{event.get('timestamp', '')}"
        if self.timestamp == "header":
            stamp = f"{int(stamp) + 1234}"
            headers["X-ZEvent-Timestamp"] = stamp
        first = self.app_id if self.first == "app_id" else self.oa_id
        key = self.oa_key if self.key == "oa_key" else self.app_secret
        mac = hashlib.sha256(first.encode() + body + stamp.encode() + key.encode()).hexdigest()
        return body, {**headers, "X-ZEvent-Signature": self.prefix + mac}


def written_as(event: dict[str, Any], style: str) -> bytes:
    """Return an event as JSON in one of the `STYLES`."""
    if style == "reordered":
        event = dict(reversed(event.items()))
    plain = orjson.dumps(event).decode()
    if style == "spaced":
        return orjson.dumps(event, option=orjson.OPT_INDENT_2)
    if style == "escaped":
        return "".join(one if ord(one) < 128 else _escaped(one) for one in plain).encode()
    if style == "slashes":
        return plain.replace("/", "\\/").encode()
    return plain.encode()


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[n]:02x}{units[n + 1]:02x}" for n in range(0, len(units), 2))


_ATTACHMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "image": ("image", {"thumbnail": "https://f1.photo.zdn.vn/t.jpg", "url": "https://f1.photo.zdn.vn/demo.jpg"}),
    "sticker": ("sticker", {"id": "2947a1", "url": "https://zalo-api.zadn.vn/api/emoticon/sticker"}),
    "audio": ("audio", {"url": "https://voice.zdn.vn/demo.amr"}),
    "file": (
        "file",
        {
            "url": "https://f2.file.zdn.vn/don.pdf", "size": "2048", "name": "don.pdf", "checksum": "0", "type": "pdf",
        },
    ),
    "location": ("location", {"coordinates": {"latitude": "14.3501", "longitude": "108.0001"}}),
}  # fmt: skip


def written(
    event: dict[str, Any], person: "Person", oa_id: str, app_id: str, at_ms: int, number: str
) -> dict[str, Any]:
    """Return the event that follows from what a person (or an officer) does."""
    common: dict[str, Any] = {"app_id": app_id, "user_id_by_app": f"9{person.id[1:]}", "timestamp": f"{at_ms}"}
    from_person = {"sender": {"id": person.id}, "recipient": {"id": oa_id}}
    do = event["do"]
    message: dict[str, Any] = {"msg_id": event.get("msg_id", number)}
    if do in ("follow", "unfollow"):
        return {"oa_id": oa_id, "follower": {"id": person.id}, **common, "event_name": do, "source": "oa_profile"}
    if do in ("write", "press"):
        return {**common, "event_name": "user_send_text", **from_person,
                "message": {**message, "text": event["text"] if do == "write" else event["press"]}}  # fmt: skip
    if do == "anonymous":
        message |= {"text": event["text"], "conversation_id": event["conversation"]}
        return {**common, "event_name": "anonymous_send_text", **from_person, "message": message}
    if do == "officer":
        message["text"] = event["text"]
        sender = {"id": oa_id, **({"admin_id": "9999"} if event.get("admin", True) else {})}
        return {**common, "event_name": "oa_send_text", "sender": sender, "recipient": {"id": person.id},
                "message": message}  # fmt: skip
    if do == "react":
        return {**common, "event_name": "user_reacted_message", **from_person,
                "message": {"msg_id": event["msg_id"], "react_icon": event.get("icon", "/-heart")}}  # fmt: skip
    if do == "info":
        return {**common, "event_name": "user_submit_info", **from_person, "info": event["info"]}
    kind, payload = _ATTACHMENTS[do]
    message["attachments"] = [{"type": kind, "payload": payload}]
    if event.get("text"):
        message["text"] = event["text"]
    return {**common, "event_name": f"user_send_{do}", **from_person, "message": message}
