"""A stand-in of Zalo's Official Account API: tokens, windows, limits and error codes as documented (channels.md F2)."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tests.standins.base import StandIn
from tests.standins.phone import PhoneButton, PhoneLine
from tests.standins.zalo_tokens import TokenOffice
from tests.standins.zalo_webhook import Signing, written

OA_ID = "5000000000000000001"
APP_ID = "1234567890123456789"
APP_SECRET = "test-app-secret"
OA_KEY = "test-oa-secret-key"

_DAY = 86_400_000
_FREE, _WINDOW, _UPLOAD = 2 * _DAY, 7 * _DAY, 7 * _DAY

MESSAGES = {
    -32: "Your OA reached limit call api",
    -100: "attachment_id was expired",
    -201: "user_id is invalid!",
    -210: "Parameter exceeds allowable limit",
    -216: "Access token is invalid",
    -217: "User has blocked invitation from OA",
    -220: "access_token is expired or removed",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with the OA, or the last interaction has expired",
    -233: "message type is invalid or not support",
    -240: "MessageV2 API has been shut down, please switch to MessageV3",
    -244: "User has restricted this message type from your OA",
    -249: "Template does not support send via UID",
    -320: "Your app needs to connect with Zalo Cloud Account to use paid features",
    -118: "Zalo account not existed",
    -139: "User chooses not to receive this kind of message",
    -131: "ZNS template isn't approved",
    -1121: "Missing params",
    -1122: "Params is invalid",
    -1124: "Params exceed max length",
    -144: "OA has exceeded daily quota",
}


#: What the phone view posts when somebody shares name and number after they were asked.
SHARE_INFO = "share info"


#: As the phone view shows it -> as Zalo writes it.
REACTIONS = {"❤": "/-heart", "👍": "/-strong", "😡": ":-h", "😢": ":-(("}


class Refused(Exception):
    """An answer with an error code."""

    def __init__(self, code: int, message: str | None = None) -> None:
        super().__init__(code)
        self.body = {"error": code, "message": message or MESSAGES.get(code, "Error")}


@dataclass
class Person:
    """One person on Zalo."""

    id: str
    name: str
    follows: bool = True
    last_interaction_ms: int | None = None
    blocked: bool = False
    inactive: bool = False
    phone: str | None = None
    opted_out: bool = False
    lines: list[PhoneLine] = field(default_factory=list)


@dataclass
class Template:
    """An approved template: name of each parameter -> longest value."""

    id: str
    params: dict[str, int]
    enabled: bool = True
    by_user: bool = True


class Zalo(StandIn):
    """The platform, one Official Account on it, and its people."""

    name = "Zalo OA"
    tint = "#0068ff"

    def __init__(self) -> None:
        self.tokens = TokenOffice(APP_ID, APP_SECRET, self.now_ms)
        self.signing = Signing(APP_ID, OA_ID, OA_KEY, APP_SECRET)
        self.everybody: dict[str, Person] = {}
        self.templates: dict[str, Template] = {}
        self.uploads: dict[str, int] = {}
        self.reactions: list[tuple[str, str, str]] = []
        self.per_minute = 4000
        self.calls_by_minute: dict[int, int] = {}
        self.daily_quota = 500
        self.has_cloud_account = True
        #: Echo and receipts follow each message by themselves; None: only when asked for.
        self.tells: tuple[str, ...] = ("echo", "received")
        self._numbers = itertools.count(1)
        self._telling: set[asyncio.Task[None]] = set()
        super().__init__()

    def reset(self) -> None:
        """Forget everything but the settings."""
        super().reset()
        self.everybody.clear()
        self.uploads.clear()
        self.reactions.clear()
        self.calls_by_minute.clear()

    def hint(self) -> list[str]:
        where = " ".join(f"CHUNGTAY_ZALO_{name}_URL={self.address}" for name in ("OPENAPI", "BUSINESS", "OAUTH"))
        return [
            f"export CHUNGTAY_ZALO_OA_ID={OA_ID} CHUNGTAY_ZALO_APP_ID={APP_ID} CHUNGTAY_ZALO_APP_SECRET={APP_SECRET}",
            f"export CHUNGTAY_ZALO_WEBHOOK_KEY={OA_KEY} {where}",
            f"printf '{self.tokens.access}\\n{self.tokens.refresh}\\n' | chungtay channel token zalo",
        ]

    # People.

    def people(self) -> dict[str, str]:
        """Return id -> name."""
        return {one.id: one.name for one in self.everybody.values()}

    def lines(self, person: str) -> list[PhoneLine]:
        """Return what this phone shows."""
        return self.everybody[person].lines if person in self.everybody else []

    def add_person(self, described: dict[str, Any]) -> None:
        """Create a person, or change one."""
        known = self.everybody.setdefault(str(described["id"]), Person(str(described["id"]), "Nguyễn Thị Mẫu"))
        for name, value in described.items():
            if name != "id":
                setattr(known, name, value)

    def person(self, number: int = 1, **described: Any) -> str:
        """Make a person who follows the account and return their id."""
        one = f"{7_000_000_000_000_000_000 + number}"
        self.add_person({"id": one, "name": f"Nguyễn Thị Mẫu {number}", **described})
        return one

    async def inbound(self, event: dict[str, Any]) -> None:
        """Let a person do something; the stand-in posts the event."""
        person = self.everybody.setdefault(str(event["user"]), Person(str(event["user"]), "Khách"))
        if event.get("press") == SHARE_INFO:
            event = {
                "user": person.id,
                "do": "info",
                "info": {"name": person.name, "phone": person.phone or "84900000001"},
            }
        if "react" in event:
            event = {**event, **self._pressed_reaction(person, event["react"])}
        number = f"m-{next(self._numbers):06}"
        made = written(event, person, OA_ID, APP_ID, event.get("at_ms") or self.now_ms(), number)
        if not made["event_name"].startswith(("oa_", "anonymous_")) and event["do"] != "unfollow":
            person.last_interaction_ms = max(person.last_interaction_ms or 0, self.now_ms())
        match event["do"]:
            case "follow" | "unfollow":
                person.follows = event["do"] == "follow"
            case "block":
                person.blocked = True
                return
            case "react":
                await self.post(made)
                return
        words = made.get("message", {}).get("text", "")
        kind = made["event_name"].rpartition("_")[2]
        mine = not made["event_name"].startswith("oa_")
        person.lines.append(PhoneLine(words, mine=mine, note="" if words else kind))
        await self.post(made)

    @staticmethod
    def _pressed_reaction(person: Person, react: str) -> dict[str, str]:
        """Put a reaction under a line of the phone; the same once more takes it back."""
        message_id, _, shown = react.partition(":")
        line = next(one for one in person.lines if any(other.press == react for other in one.reactions))
        line.reaction = "" if line.reaction == shown else shown
        return {"msg_id": message_id, "icon": REACTIONS.get(line.reaction, "")}

    async def post(self, event: dict[str, Any], *, retry: int = 0) -> int | None:
        """Deliver an event once, signed, and return the status."""
        body, headers = self.signing.signed(event)
        if retry:
            headers["num_retry"] = str(retry)
        return (await self.webhook.deliver(body, headers, event=event["event_name"], retry=retry)).status

    async def told(self) -> None:
        """Wait until all echoes and receipts were delivered."""
        while self._telling:
            # Not gather: of tasks that are done it returns at once, before they are taken out of the set.
            done, _ = await asyncio.wait(self._telling)
            for one in done:
                one.result()

    # API.

    def api_routes(self) -> list[BaseRoute]:
        """Return the calls."""
        return [
            Route("/v4/oa/access_token", self.tokens.endpoint, methods=["POST"]),
            Route("/v4/oa/permission", self.tokens.consent_page(OA_ID)),
            self._route("/v3.0/oa/message/cs", self._consult),
            self._route("/v3.0/oa/message/template", self._template_by_user),
            self._route("/message/template", self._template_by_phone, by_phone=True),
            self._route("/v3.0/oa/message/transaction", self._gone),
            self._route("/v3.0/oa/message/promotion", self._gone),
            self._route("/v2.0/oa/message", self._old_message),
            self._route("/v2.0/oa/upload/{kind}", self._upload),
            self._route("/v3.0/oa/quota/message", self._quota),
            self._route("/v3.0/oa/user/detail", self._detail, "GET"),
            self._route("/v2.0/oa/getoa", self._account, "GET"),
            self._route("/template/info/v2", self._template_info, "GET", by_phone=True),
        ]

    def _route(
        self,
        path: str,
        call: Callable[[Request], Awaitable[dict[str, Any]]],
        method: str = "POST",
        *,
        by_phone: bool = False,
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            minute = self.now_ms() // 60_000
            used = self.calls_by_minute.get(minute, 0)
            headers = {
                "X-RateLimit-Limit": f"{self.per_minute}",
                "X-RateLimit-Remain": f"{max(0, self.per_minute - used - 1)}",
            }
            try:
                if used >= self.per_minute:
                    raise Refused(-32)
                self.calls_by_minute[minute] = used + 1
                if (code := self.tokens.refusal(request.headers.get("access_token"))) is not None:
                    raise Refused(-124 if by_phone else code, MESSAGES[code])
                data = await call(request)
            except Refused as refused:
                # Failures come with 200 as well.
                self.outbox.append({"path": path, "at": self.now_ms(), "refused": refused.body["error"]})
                return JSONResponse(refused.body, headers=headers)
            return JSONResponse({"data": data, "error": 0, "message": "Success"}, headers=headers)

        return Route(path, endpoint, methods=[method])

    async def _consult(self, request: Request) -> dict[str, Any]:
        body = await _json(request)
        person = self._reachable(body.get("recipient", {}).get("user_id"))
        message = body.get("message", {})
        silent = self.now_ms() - (person.last_interaction_ms or 0)
        if person.last_interaction_ms is None or silent > _WINDOW:
            raise Refused(-230)
        if silent > _FREE and not self.has_cloud_account:
            raise Refused(-320)
        text = message.get("text", "")
        if len(text) > 2000:
            raise Refused(-210)
        payload = message.get("attachment", {}).get("payload", {})
        buttons = payload.get("buttons", [])
        image = self._checked_payload(message, buttons)
        if not text and "attachment" not in message:
            raise Refused(-201, "message is invalid!")
        if payload.get("template_type") == "request_user_info":
            return self._asked(person, payload, billed=silent > _FREE)
        kind = "image" if image else "file" if message.get("attachment", {}).get("type") == "file" else "text"
        return self._taken(person, text or f"({kind})", kind, buttons=buttons, image=image, billed=silent > _FREE)

    def _reachable(self, user_id: Any) -> Person:
        # A number in place of the text is refused: it has lost digits somewhere.
        if not isinstance(user_id, str) or user_id not in self.everybody:
            raise Refused(-201)
        person = self.everybody[user_id]
        if person.inactive:
            raise Refused(-227)
        if person.blocked:
            raise Refused(-244)
        return person

    def _checked_payload(self, message: dict[str, Any], buttons: list[dict[str, Any]]) -> str:
        if len(buttons) > 5:
            raise Refused(-210)
        for button in buttons:
            if button.get("type") not in ("oa.query.show", "oa.query.hide", "oa.open.url", "oa.open.phone"):
                raise Refused(-201, "type is invalid!")
            if len(button.get("title", "")) > 100 or len(str(button.get("payload", ""))) > 1000:
                raise Refused(-210)
        attachment = message.get("attachment", {})
        payload = attachment.get("payload", {})
        if attachment.get("type") == "file":
            self._fresh(payload.get("token"))
            return ""
        if payload.get("template_type") != "media":
            return ""
        [element] = payload["elements"]
        if "attachment_id" in element:
            self._fresh(element["attachment_id"])
        return str(element.get("url") or element["attachment_id"])

    def _asked(self, person: Person, payload: dict[str, Any], *, billed: bool) -> dict[str, Any]:
        """Show a request for name and telephone number."""
        [element] = payload["elements"]
        title, subtitle = element["title"], element["subtitle"]
        if not title or len(title) > 100 or len(subtitle) > 500:
            raise Refused(-210)
        button = {"title": title, "payload": SHARE_INFO}
        return self._taken(person, subtitle, "request", buttons=[button], billed=billed)

    def _fresh(self, token: Any) -> None:
        if token not in self.uploads or self.now_ms() - self.uploads[token] > _UPLOAD:
            raise Refused(-100)

    def _taken(
        self,
        person: Person,
        text: str,
        kind: str,
        *,
        buttons: list[dict[str, Any]] | None = None,
        image: str = "",
        billed: bool = False,
        **more: Any,
    ) -> dict[str, Any]:
        message_id = f"a1b2c3d4{next(self._numbers):08x}"
        pressable = [PhoneButton(one["title"], str(one["payload"])) for one in buttons or []]
        notes = ["có tính phí" if billed else "", kind if kind != "text" else ""]
        shown = image if image.startswith("http") else ""
        note = ", ".join(one for one in notes if one)
        line = "" if text == f"({kind})" else text
        reactions = [PhoneButton(icon, f"{message_id}:{icon}") for icon in REACTIONS]
        person.lines.append(PhoneLine(line, buttons=pressable, image=shown, note=note, reactions=reactions))
        self.outbox.append(
            {
                "to": person.id, "text": text, "kind": kind, "buttons": buttons or [], "image": image, "id": message_id,
                "at": self.now_ms(), "billed": billed, **more,
            }
        )  # fmt: skip
        if self.tells:
            task = asyncio.create_task(self.tell(person.id, message_id, text, kind, self.tells))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)
        data = {"message_id": message_id, "user_id": person.id, "sent_time": f"{self.now_ms()}"}
        return data if billed else {**data, "quota": {"quota_type": "reply", "owner_type": "OA", "owner_id": OA_ID}}

    async def tell(self, user: str, message_id: str, text: str, kind: str, what: tuple[str, ...]) -> None:
        """Deliver the events that follow a message, in the order of `what`."""
        common = {
            "app_id": APP_ID, "timestamp": f"{self.now_ms()}", "sender": {"id": OA_ID}, "recipient": {"id": user},
        }  # fmt: skip
        for one in what:
            if one == "echo":
                message = {"msg_id": message_id, **({"text": text} if kind == "text" else {})}
                name = "template" if kind == "request" else kind
                await self.post({**common, "event_name": f"oa_send_{name}", "message": message})
            elif one == "received":
                message = {"msg_id": message_id}
                await self.post({**common, "event_name": "user_received_message", "message": message})
            else:
                message = {"msg_ids": [message_id]}  # type: ignore[dict-item]
                await self.post({**common, "event_name": "user_seen_message", "message": message})

    async def _template_by_user(self, request: Request) -> dict[str, Any]:
        body = await _json(request)
        user = body.get("user_id") or body.get("recipient", {}).get("user_id")
        person = self._reachable(user)
        template = self._checked_template(body)
        if not template.by_user:
            raise Refused(-249)
        return self._taken(person, _filled(template, body), "template", template=template.id)

    async def _template_by_phone(self, request: Request) -> dict[str, Any]:
        body = await _json(request)
        phone = str(body.get("phone", "")).removeprefix("+")
        template = self._checked_template(body)
        person = next((one for one in self.everybody.values() if one.phone == phone), None)
        if person is None:
            raise Refused(-118)
        if person.opted_out:
            raise Refused(-139)
        sent = sum(one.get("kind") == "template" for one in self.outbox)
        if sent >= self.daily_quota:
            raise Refused(-144)
        tracking = body.get("tracking_id")
        taken = self._taken(person, _filled(template, body), "template", template=template.id, tracking_id=tracking)
        quota = {"dailyQuota": f"{self.daily_quota}", "remainingQuota": f"{self.daily_quota - sent - 1}"}
        return {"msg_id": taken["message_id"], "sent_time": taken["sent_time"], "sending_mode": "1", "quota": quota}

    def _checked_template(self, body: dict[str, Any]) -> Template:
        template = self.templates.get(str(body.get("template_id")))
        if template is None or not template.enabled:
            raise Refused(-131)
        data = body.get("template_data", {})
        if set(template.params) - set(data):
            raise Refused(-1121)
        if any(not isinstance(value, str) or not value for value in data.values()):
            raise Refused(-1122)
        if any(len(data[name]) > longest for name, longest in template.params.items()):
            raise Refused(-1124)
        return template

    async def _template_info(self, request: Request) -> dict[str, Any]:
        template = self.templates.get(request.query_params.get("template_id", ""))
        if template is None:
            raise Refused(-112)
        params = [
            {"name": name, "require": True, "type": "STRING", "maxLength": longest, "minLength": 1, "acceptNull": False}
            for name, longest in template.params.items()
        ]
        status = "ENABLE" if template.enabled else "DISABLE"
        return {"templateId": template.id, "status": status, "listParams": params, "price_uid": "0", "price_sdt": "0"}

    async def _gone(self, _request: Request) -> dict[str, Any]:
        raise Refused(-233)

    async def _old_message(self, request: Request) -> dict[str, Any]:
        body = await _json(request)
        recipient = body.get("recipient", {})
        if (action := body.get("sender_action")) is not None:
            person = self._reachable(recipient.get("user_id"))
            self.reactions.append((person.id, action["react_message_id"], action["react_icon"]))
            return {"message_id": action["react_message_id"]}
        if "anonymous_id" in recipient and "conversation_id" in recipient:
            text = body["message"]["text"]
            person = self.everybody.setdefault(recipient["anonymous_id"], Person(recipient["anonymous_id"], "Khách"))
            person.lines.append(PhoneLine(text))
            number = f"an{next(self._numbers):08x}"
            self.outbox.append({"to": person.id, "text": text, "kind": "anonymous", "id": number, "at": self.now_ms()})
            return {"message_id": number}
        raise Refused(-240)

    async def _upload(self, request: Request) -> dict[str, Any]:
        form = await request.form()
        content = form["file"]
        assert not isinstance(content, str)
        raw = await content.read()
        kind = request.path_params["kind"]
        if len(raw) > (1 if kind == "image" else 5) * 1024 * 1024:
            raise Refused(-210)
        token = f"{kind.upper()}-{next(self._numbers)}"
        self.uploads[token] = self.now_ms()
        return {"token" if kind == "file" else "attachment_id": token}

    async def _quota(self, request: Request) -> dict[str, Any]:
        body = await _json(request)
        person = self._reachable(body.get("user_id"))
        return {
            "last_interaction": f"{person.last_interaction_ms or 0}",
            "cs_reply": {"remain": 8, "total": 8},
            "promotion": {"daily_remain": 1, "daily_total": 1, "monthly_remain": 4, "monthly_total": 4},
        }

    async def _detail(self, request: Request) -> dict[str, Any]:
        person = self._reachable(orjson.loads(request.query_params["data"])["user_id"])
        return {"user_id": person.id, "display_name": person.name, "user_is_follower": person.follows}

    async def _account(self, _request: Request) -> dict[str, Any]:
        return {"oaid": OA_ID, "name": "Xã Mẫu (giả lập)", "oa_type": 4, "is_verified": True, "package_name": "Growth"}


async def _json(request: Request) -> dict[str, Any]:
    try:
        found = orjson.loads(await request.body())
    except orjson.JSONDecodeError as error:
        raise Refused(-201, "body is invalid!") from error
    if not isinstance(found, dict):
        raise Refused(-201, "body is invalid!")
    return found


def _filled(template: Template, body: dict[str, Any]) -> str:
    values = ", ".join(f"{name}: {value}" for name, value in body.get("template_data", {}).items())
    return f"[mẫu {template.id}] {values}"
