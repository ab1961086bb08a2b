"""A stand-in for the Zalo Bot Platform: `{base}/bot{token}/{method}`, updates by webhook or poll, with phones."""

import asyncio
import itertools
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from tests.standins.base import StandIn
from tests.standins.phone import PhoneLine

TOKEN = "1234567890123456789:made-up-secret-of-the-stand-in"
PERSON = "8000000000000000001"
LONGEST_TEXT = 2000


#: What stands in a message that is more than words -> the field by which it is known.
_KINDS = (("voice", "voice_url"), ("photo", "photo_url"), ("sticker", "sticker"))


class Refused(Exception):
    """An error answer: code and description."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass
class Chat:
    """One chat: a person's, or a group's."""

    id: str
    name: str
    group: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    typing: int = 0


class ZaloBotStandIn(StandIn):
    """See the module.

    `wrapped`: bodies as documented, else flat as seen live. `quota`: messages until 429, None for no end.
    `errors_as_200`: the HTTP status of errors, which nobody documents.
    """

    name = "Zalo Bot"
    tint = "#0068ff"

    def __init__(self, token: str = TOKEN, secret: str = "") -> None:
        super().__init__()
        self.token = token
        self.secret = secret
        self.wrapped = True
        self.errors_as_200 = True
        self.retries = 3
        self._begin()

    def _begin(self) -> None:
        self.quota: int | None = None
        self.chats: dict[str, Chat] = {PERSON: Chat(PERSON, "Trần Văn Mẫu")}
        self.updates: list[dict[str, Any]] = []
        self._numbers = itertools.count(1)
        self._new_update = asyncio.Event()
        self._order: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def reset(self) -> None:
        super().reset()
        self._begin()

    def people(self) -> dict[str, str]:
        return {chat.id: chat.name for chat in self.chats.values()}

    def hint(self) -> list[str]:
        return [f"export CHUNGTAY_ZALO_BOT_TOKEN={self.token} CHUNGTAY_ZALO_BOT_ADDRESS={self.address}"]

    def add_person(self, described: dict[str, Any]) -> None:
        number = str(described["id"])
        chat = self.chats.setdefault(number, Chat(number, "Mẫu"))
        chat.name = described.get("name", chat.name)
        chat.group = described.get("group", chat.group)

    def lines(self, person: str) -> list[PhoneLine]:
        chat = self.chats.get(person)
        return [
            PhoneLine(
                one.get("text") or one.get("caption") or "",
                mine=one["mine"],
                image=one.get("photo", ""),
                note=", ".join(kind for kind, key in _KINDS if key in one),
            )
            for one in (chat.messages if chat is not None else [])
        ]

    def said(self, person: str) -> list[dict[str, Any]]:
        """Return what the bot sent to a chat."""
        return [one for one in self.chats[person].messages if not one["mine"]]

    async def inbound(self, event: dict[str, Any]) -> None:
        """`do`: write, or send `what` under the event name `event`; `raw` puts in a whole update."""
        if "raw" in event:
            await self._push(event["raw"], "")
            return
        number = str(event["user"])
        chat = self.chats.setdefault(number, Chat(number, "Mẫu"))
        message: dict[str, Any] = {
            "message_id": event.get("message_id") or f"zb-{next(self._numbers):06d}",
            "date": self.now_ms(),
            "from": {"id": chat.id if not chat.group else PERSON, "display_name": chat.name, "is_bot": False},
            "chat": {"id": chat.id, "chat_type": "GROUP" if chat.group else "PRIVATE"},
            **event.get("what", {}),
        }
        if (text := event.get("text")) is not None:
            message |= {"text": text, "message_type": "TEXT"}
        chat.messages.append({**message, "mine": True})
        name = event.get("event") or "message.text.received"
        await self._push({"event_name": name, "message": message}, chat.id)

    async def _push(self, update: dict[str, Any], chat: str) -> None:
        if not self.webhook.url:
            self.updates.append(update)
            self._new_update.set()
            return
        await self.deliver(update, chat)

    async def deliver(self, update: dict[str, Any], chat: str = "") -> bool:
        """Deliver one update to the webhook, again while it is refused."""
        body = json.dumps({"ok": True, "result": update} if self.wrapped else update).encode()
        headers = {"X-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        async with self._order[chat]:
            for retry in range(self.retries + 1):
                attempt = await self.webhook.deliver(body, headers, event=str(update.get("event_name")), retry=retry)
                if attempt.status is not None and 200 <= attempt.status < 300:
                    return True
                await asyncio.sleep(0.05 * 2**retry)
        return False

    def api_routes(self) -> list[BaseRoute]:
        return [Route("/bot{token}/{method}", self._call, methods=["GET", "POST"])]

    async def _call(self, request: Request) -> Response:
        token, method = request.path_params["token"], request.path_params["method"]
        if ":" not in token:
            return PlainTextResponse("not found", 404)
        asked: dict[str, Any] = dict(request.query_params)
        if request.headers.get("content-type", "").startswith("application/json"):
            asked |= await request.json()
        elif request.method == "POST":
            asked |= dict(await request.form())
        try:
            if token != self.token:
                raise Refused(401, "Unauthorized")
            handler = _METHODS.get(method)
            if handler is None:
                raise Refused(404, "Method not found")
            result = await handler(self, method, asked)
        except Refused as refused:
            self.outbox.append({"method": method, **asked, "refused": refused.description})
            body = {"ok": False, "error_code": refused.code, "description": refused.description}
            return JSONResponse(body, 200 if self.errors_as_200 else refused.code)
        if method.startswith("send"):
            self.outbox.append({"method": method, **asked, "at_ms": self.now_ms()})
        return JSONResponse({"ok": True, "result": result})

    def _chat(self, asked: dict[str, Any]) -> Chat:
        chat = self.chats.get(str(asked.get("chat_id", "")))
        if chat is None:
            raise Refused(400, "Invalid chat_id")
        return chat

    async def _send(self, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        chat = self._chat(asked)
        if self.quota is not None:
            if self.quota < 1:
                raise Refused(429, "Quota exceeded")
            self.quota -= 1
        sent: dict[str, Any] = {"mine": False}
        if method == "sendMessage":
            sent["text"] = _checked(asked, "text", least=1)
        elif method == "sendPhoto":
            sent |= {"photo": _address(asked, "photo"), "caption": _checked(asked, "caption", least=0)}
        elif method == "sendVoice":
            address = _address(asked, "voice_url")
            if chat.group or not address.endswith(".aac"):
                raise Refused(400, "Invalid voice_url")
            sent["voice_url"] = address
        chat.messages.append(sent)
        return {"message_id": f"zs-{next(self._numbers):06d}", "date": self.now_ms()}

    async def _typing(self, _method: str, asked: dict[str, Any]) -> bool:
        self._chat(asked).typing += 1
        return True

    async def _get_updates(self, _method: str, asked: dict[str, Any]) -> dict[str, Any]:
        if not self.updates:
            self._new_update.clear()
            try:
                await asyncio.wait_for(self._new_update.wait(), min(float(asked.get("timeout", 30)), 60))
            except TimeoutError:
                raise Refused(408, "Request timeout") from None
        # Handed out once: there is no acknowledgement.
        return self.updates.pop(0)

    async def _set_webhook(self, _method: str, asked: dict[str, Any]) -> dict[str, Any]:
        url, secret = str(asked.get("url", "")), str(asked.get("secret_token", ""))
        if not 8 <= len(secret) <= 256:
            raise Refused(400, "Invalid secret_token")
        if not url.startswith("https://") or "localhost" in url or "127.0.0.1" in url:
            raise Refused(400, "Invalid url")
        self.webhook.url, self.secret = url, secret
        return {"url": url, "updated_at": self.now_ms()}

    async def _delete_webhook(self, _method: str, _asked: dict[str, Any]) -> dict[str, Any]:
        self.webhook.url = ""
        return {"url": "", "updated_at": self.now_ms()}

    async def _webhook_info(self, _method: str, _asked: dict[str, Any]) -> dict[str, Any]:
        return {"url": self.webhook.url, "updated_at": self.now_ms()}

    async def _me(self, _method: str, _asked: dict[str, Any]) -> dict[str, Any]:
        number = self.token.partition(":")[0]
        return {"id": number, "account_name": "bot.xamau", "account_type": "BASIC", "can_join_groups": False}


def _checked(asked: dict[str, Any], name: str, *, least: int) -> str:
    text = str(asked.get(name, ""))
    if not least <= len(text) <= LONGEST_TEXT:
        raise Refused(400, f"Invalid {name}")
    return text


def _address(asked: dict[str, Any], name: str) -> str:
    address = str(asked.get(name, ""))
    if not address.startswith(("http://", "https://")):
        raise Refused(400, f"Invalid {name}")
    return address


_METHODS: dict[str, Any] = {
    "getMe": ZaloBotStandIn._me,
    "getUpdates": ZaloBotStandIn._get_updates,
    "setWebhook": ZaloBotStandIn._set_webhook,
    "deleteWebhook": ZaloBotStandIn._delete_webhook,
    "getWebhookInfo": ZaloBotStandIn._webhook_info,
    "sendMessage": ZaloBotStandIn._send,
    "sendPhoto": ZaloBotStandIn._send,
    "sendVoice": ZaloBotStandIn._send,
    "sendChatAction": ZaloBotStandIn._typing,
}
