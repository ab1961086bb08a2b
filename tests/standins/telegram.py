"""A stand-in for Telegram's Bot API: `{base}/bot{token}/{method}`, updates by webhook or poll, people with phones.

It checks what Telegram checks (`telegram_limits`) and answers errors with the HTTP status of their code.
"""

import asyncio
import itertools
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tests.standins.base import StandIn
from tests.standins.phone import PhoneButton, PhoneLine
from tests.standins.telegram_limits import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    Flood,
    Refused,
    bad_request,
    check_markup,
    checked_contact_button,
    checked_keyboard,
    checked_text,
)

TOKEN = "700000001:made-up-secret-of-the-stand-in"
BOT_ID = 700000001
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Bot Hỏi đáp xã Mẫu", "username": "xamau_demo_bot"}
#: Message kind -> field of `sendX` that holds the file.
_MEDIA = {"sendPhoto": "photo", "sendDocument": "document", "sendAudio": "audio", "sendVoice": "voice"}


#: What the phone view posts when the button is pressed that hands over one's own number.
SHARE_CONTACT = "share contact"


@dataclass
class Chat:
    """One chat: a person's, or a group's (its id is below zero)."""

    id: int
    name: str
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    kicked: bool = False
    migrated_to: int | None = None
    language: str = "vi"
    phone: str = "84900000009"
    #: Both sides, oldest first; what the bot sent has `from` the bot.
    messages: list[dict[str, Any]] = field(default_factory=list)
    #: Message id -> emoji of the person under it.
    reactions: dict[int, list[str]] = field(default_factory=dict)
    typing: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return it as Telegram shows it."""
        if self.id < 0:
            return {"id": self.id, "title": self.name, "type": "supergroup" if self.id < -(10**12) else "group"}
        return {"id": self.id, "first_name": self.name, "type": "private"}

    def user(self) -> dict[str, Any]:
        """Return the person."""
        return {"id": abs(self.id), "is_bot": False, "first_name": self.name, "language_code": self.language}


class TelegramStandIn(StandIn):
    """See the module. `token`: the only one that is taken; `retries`: how often an update is delivered again."""

    name = "Telegram"
    tint = "#2a8bc9"

    def __init__(self, token: str = TOKEN, secret: str = "") -> None:
        super().__init__()
        self.token = token
        self.secret = secret
        self.retries = 3
        self.retry_seconds = 0.05
        self.allowed: list[str] = []
        self._begin()

    def _begin(self) -> None:
        self.flood = Flood()
        self.chats: dict[int, Chat] = {600000001: Chat(600000001, "Mẫu")}
        self.updates: dict[int, dict[str, Any]] = {}
        self.undelivered: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        self.uploads = 0
        self.answered_queries: list[str] = []
        self.pending_queries: set[str] = set()
        self._numbers = itertools.count(10_001)
        self._messages = itertools.count(10)
        self._new_update = asyncio.Event()
        self._polling = False
        self._order: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def reset(self) -> None:
        super().reset()
        self._begin()

    def number_from(self, first: int) -> None:
        super().number_from(first)
        self._messages = itertools.count(first)

    def hint(self) -> list[str]:
        return [f"export CHUNGTAY_TELEGRAM_TOKEN={self.token} CHUNGTAY_TELEGRAM_ADDRESS={self.address}"]

    # People.

    def people(self) -> dict[str, str]:
        return {f"{chat.id}": chat.name for chat in self.chats.values()}

    def add_person(self, described: dict[str, Any]) -> None:
        chat = self.chats.setdefault(int(described["id"]), Chat(int(described["id"]), "Mẫu"))
        for name, value in described.items():
            if name != "id":
                setattr(chat, name, value)

    def lines(self, person: str) -> list[PhoneLine]:
        chat = self.chats.get(int(person))
        return [self._line(chat, message) for message in chat.messages] if chat is not None else []

    @staticmethod
    def _line(chat: Chat, message: dict[str, Any]) -> PhoneLine:
        rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
        buttons = [
            PhoneButton(one["text"], f"{message['message_id']}:{one.get('callback_data', '')}", one.get("url", ""))
            for row in rows
            for one in row
        ]
        if title := message.get("asks_for_contact"):
            buttons.append(PhoneButton(title, f"{message['message_id']}:{SHARE_CONTACT}"))
        kinds = [kind for kind in ("photo", "document", "audio", "voice", "sticker", "location") if kind in message]
        words = message.get("text") or message.get("caption") or ""
        mine = message["from"]["id"] != BOT_ID
        number = message["message_id"]
        reactions = [] if mine else [PhoneButton(icon, f"{number}:{icon}") for icon in ("👍", "❤", "👎", "😢")]
        line = PhoneLine(words, mine=mine, buttons=buttons, note=", ".join(kinds), reactions=reactions)
        line.reaction = " ".join(chat.reactions.get(number, []))
        return line

    def said(self, person: int) -> list[dict[str, Any]]:
        """Return what the bot sent to a chat."""
        return [one for one in self.chats[person].messages if one["from"]["id"] == BOT_ID]

    # What people do.

    async def inbound(self, event: dict[str, Any]) -> None:
        """`do`: write, press, react (`icons`, none: taken back), edit, send (with `what`), block, unblock, migrate.

        `raw` puts in a whole update.
        """
        if "raw" in event:
            await self._push(event["raw"])
            return
        chat = self.chats.setdefault(int(event["user"]), Chat(int(event["user"]), "Mẫu"))
        do = event["do"]
        if do == "press":
            await self._press(chat, event)
        elif do == "react":
            await self._react(chat, event)
        elif do in ("block", "unblock"):
            chat.blocked = do == "block"
            await self._push({"my_chat_member": self._membership(chat, "kicked" if chat.blocked else "member")})
        elif do == "migrate":
            chat.migrated_to = int(event["to"])
            self.chats[chat.migrated_to] = Chat(chat.migrated_to, chat.name)
            await self._push({"message": {**self._from(chat, event), "migrate_to_chat_id": chat.migrated_to}})
        elif do == "edit":
            old = next(one for one in chat.messages if one["message_id"] == event["message_id"])
            old |= {"text": event["text"], "edit_date": old["date"] + event.get("after", 10)}
            await self._push({"edited_message": old})
        else:
            chat.blocked = False
            chat.started = True
            await self._push({"message": self._from(chat, event, keep=True)})

    def _from(self, chat: Chat, event: dict[str, Any], *, keep: bool = False) -> dict[str, Any]:
        sender = chat.user() if chat.id > 0 else {**chat.user(), "id": int(event.get("as", 600000001))}
        message: dict[str, Any] = {
            "message_id": next(self._messages),
            "from": sender,
            "chat": chat.to_json(),
            "date": self.now_ms() // 1000,
            **event.get("what", {}),
        }
        if (text := event.get("text")) is not None:
            message["text"] = text
            if text.startswith("/"):
                length = len(text.split()[0])
                message["entities"] = [{"offset": 0, "length": length, "type": "bot_command"}]
            elif (at := text.find("@")) >= 0:
                length = len(text[at:].split()[0])
                message["entities"] = [{"offset": at, "length": length, "type": "mention"}]
        if keep:
            chat.messages.append(message)
        return message

    async def _press(self, chat: Chat, event: dict[str, Any]) -> None:
        number, _, data = str(event["press"]).partition(":")
        if data == SHARE_CONTACT:
            contact = {"phone_number": chat.phone, "first_name": chat.name, "user_id": chat.id}
            await self._push({"message": self._from(chat, {"what": {"contact": contact}}, keep=True)})
            return
        message = next(one for one in chat.messages if f"{one['message_id']}" == number)
        query = f"{440_000_000_000_000_000 + next(self._numbers)}"
        self.pending_queries.add(query)
        await self._push(
            {
                "callback_query": {
                    "id": query,
                    "from": chat.user(),
                    "message": message,
                    "chat_instance": "-100200300",
                    "data": data,
                }
            }
        )

    async def _react(self, chat: Chat, event: dict[str, Any]) -> None:
        if "react" in event:
            # From the phone: the same once more takes it back.
            number, _, icon = str(event["react"]).partition(":")
            message_id = int(number)
            icons = [] if chat.reactions.get(message_id) == [icon] else [icon]
        else:
            message_id, icons = int(event["message_id"]), list(event["icons"])
        old, chat.reactions[message_id] = chat.reactions.get(message_id, []), icons
        if "message_reaction" not in self.allowed:
            # https://core.telegram.org/bots/api#getting-updates: told only to who asks for it.
            return
        update = {
            "chat": chat.to_json(),
            "message_id": message_id,
            "user": chat.user(),
            "date": event.get("at", self.now_ms() // 1000),
            "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
            "new_reaction": [{"type": "emoji", "emoji": one} for one in icons],
        }
        await self._push({**event.get("also", {}), "message_reaction": update})

    def _membership(self, chat: Chat, status: str) -> dict[str, Any]:
        gone = {"user": BOT, "status": "kicked", "until_date": 0}
        here = {"user": BOT, "status": "member"}
        old, new = (here, gone) if status == "kicked" else (gone, here)
        return {
            "chat": chat.to_json(),
            "from": chat.user(),
            "date": self.now_ms() // 1000,
            "old_chat_member": old,
            "new_chat_member": new,
        }

    # Handing updates over.

    async def _push(self, update: dict[str, Any]) -> None:
        number = update.get("update_id") or next(self._numbers)
        update = {"update_id": number, **update}
        if not self.webhook.url:
            self.updates[number] = update
            self._new_update.set()
            return
        await self.deliver(update)

    async def deliver(self, update: dict[str, Any]) -> bool:
        """Deliver one update to the webhook, again while it is refused; in order within a chat."""
        body = json.dumps(update).encode()
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        holder = next((value for value in update.values() if isinstance(value, dict)), {})
        chat = (holder.get("chat") or (holder.get("message") or {}).get("chat") or {}).get("id", 0)
        async with self._order[chat]:
            for retry in range(self.retries + 1):
                attempt = await self.webhook.deliver(body, headers, event=f"{update['update_id']}", retry=retry)
                if attempt.status is not None and 200 <= attempt.status < 300:
                    return True
                await asyncio.sleep(self.retry_seconds * 2**retry)
        self.undelivered.append(update)
        return False

    # The API.

    def api_routes(self) -> list[BaseRoute]:
        return [
            Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file, methods=["GET"]),
        ]

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        asked = await _parameters(request)
        try:
            if request.path_params["token"] != self.token:
                raise Refused(401, "Unauthorized")
            handler = _METHODS.get(method.lower())
            if handler is None:
                raise Refused(404, "Not Found")
            result = await handler(self, method, asked)
        except Refused as refused:
            body: dict[str, Any] = {
                "ok": False,
                "error_code": refused.status,
                "description": refused.description,
            }
            if refused.parameters:
                body["parameters"] = refused.parameters
            after = refused.parameters.get("retry_after")
            headers = {"Retry-After": f"{after}"} if after else {}
            self.outbox.append({"method": method, **_plain(asked), "refused": refused.description})
            return JSONResponse(body, refused.status, headers)
        if method.lower().startswith("send"):
            self.outbox.append({"method": method, **_plain(asked), "at_ms": self.now_ms()})
        # Escaped, as Telegram does: half of a character is JSON too.
        return Response(json.dumps({"ok": True, "result": result}), media_type="application/json")

    async def _file(self, request: Request) -> Response:
        content = self.files.get(request.path_params["path"].rpartition("/")[2])
        if request.path_params["token"] != self.token or content is None:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        return Response(content)

    def _chat(self, asked: dict[str, Any]) -> Chat:
        """Return the chat that a message goes to, if it may."""
        try:
            chat = self.chats[int(asked["chat_id"])]
        except (KeyError, ValueError):
            raise bad_request("chat not found") from None
        if chat.migrated_to is not None:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        if chat.deactivated:
            raise Refused(403, "Forbidden: user is deactivated")
        if chat.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat.kicked:
            raise Refused(403, "Forbidden: bot was kicked from the group chat")
        if not chat.started:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    async def _send(self, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        chat = self._chat(asked)
        message: dict[str, Any] = {}
        mode = str(asked.get("parse_mode", ""))
        if method == "sendMessage":
            message["text"] = checked_text(str(asked.get("text", "")), longest=LONGEST_TEXT, what="message")
            check_markup(message["text"], mode)
        else:
            message |= await self._media(method, asked)
            caption = checked_text(str(asked.get("caption", "")), longest=LONGEST_CAPTION, what="message caption")
            check_markup(caption, mode)
            message |= {"caption": caption} if caption else {}
        if rows := checked_keyboard(asked.get("reply_markup")):
            message["reply_markup"] = {"inline_keyboard": rows}
        if title := checked_contact_button(asked.get("reply_markup"), private=chat.id > 0):
            # Telegram shows it in place of the keyboard, and not in the message that it returns.
            message["asks_for_contact"] = title
        self.flood.check(chat.id, self.now_ms() / 1000)
        sent = {
            "message_id": next(self._messages),
            "from": BOT,
            "chat": chat.to_json(),
            "date": self.now_ms() // 1000,
            **message,
        }
        chat.messages.append(sent)
        return sent

    async def _media(self, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        kind = _MEDIA[method]
        given = asked.get(kind)
        if isinstance(given, str) and given.startswith("attach://"):
            given = asked.get(given.removeprefix("attach://"))
        if isinstance(given, UploadFile):
            self.uploads += 1
            name = f"{kind}-{self.uploads}"
            self.files[name] = await given.read()
        elif isinstance(given, str) and given.startswith(("http://", "https://")):
            name = f"{kind}-by-address"
            self.files[name] = b""
        elif isinstance(given, str) and given in self.files:
            name = given
        else:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        file = {"file_id": name, "file_unique_id": f"u-{name}", "file_size": len(self.files[name])}
        if kind == "photo":
            return {"photo": [{**file, "width": 320, "height": 320}]}
        return {kind: {**file, **({"duration": 5} if kind in ("voice", "audio") else {})}}

    async def _get_updates(self, _method: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook.url:
            raise Refused(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                "webhook first",
            )
        if self._polling:
            raise Refused(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )
        self._polling = True
        self._note_allowed(asked)
        try:
            if (offset := int(asked.get("offset", 0))) > 0:
                for number in [one for one in self.updates if one < offset]:
                    del self.updates[number]
            if not self.updates:
                self._new_update.clear()
                try:
                    await asyncio.wait_for(self._new_update.wait(), min(float(asked.get("timeout", 0)), 50))
                except TimeoutError:
                    return []
            return [self.updates[number] for number in sorted(self.updates)][: int(asked.get("limit", 100))]
        finally:
            self._polling = False

    async def _set_webhook(self, _method: str, asked: dict[str, Any]) -> bool:
        self.webhook.url = str(asked.get("url", ""))
        self.secret = str(asked.get("secret_token", ""))
        self._note_allowed(asked)
        if asked.get("drop_pending_updates") in ("true", True):
            self.updates.clear()
        waiting, self.updates = list(self.updates.values()), {}
        for update in waiting:
            await self.deliver(update)
        return True

    def _note_allowed(self, asked: dict[str, Any]) -> None:
        """Remember what is asked for; who says nothing gets what was asked for last."""
        if (allowed := asked.get("allowed_updates")) is not None:
            self.allowed = json.loads(allowed) if isinstance(allowed, str) else list(allowed)

    async def _delete_webhook(self, _method: str, asked: dict[str, Any]) -> bool:
        self.webhook.url = ""
        if asked.get("drop_pending_updates") in ("true", True):
            self.updates.clear()
        return True

    async def _webhook_info(self, _method: str, _asked: dict[str, Any]) -> dict[str, Any]:
        failed = next((one for one in reversed(self.webhook.attempts)), None)
        info: dict[str, Any] = {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates),
        }
        if failed is not None and failed.status != 200:
            info |= {"last_error_date": self.now_ms() // 1000, "last_error_message": "Wrong response from the webhook"}
        return info

    async def _answer_query(self, _method: str, asked: dict[str, Any]) -> bool:
        query = str(asked.get("callback_query_id", ""))
        if query not in self.pending_queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self.pending_queries.discard(query)
        self.answered_queries.append(query)
        return True

    async def _chat_action(self, _method: str, asked: dict[str, Any]) -> bool:
        self._chat(asked).typing += 1
        return True

    async def _get_file(self, _method: str, asked: dict[str, Any]) -> dict[str, Any]:
        name = str(asked.get("file_id", ""))
        if name not in self.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        size = len(self.files[name])
        if size > 20 * 1024 * 1024:
            raise bad_request("file is too big")
        return {"file_id": name, "file_unique_id": f"u-{name}", "file_size": size, "file_path": f"files/{name}"}

    async def _me(self, _method: str, _asked: dict[str, Any]) -> dict[str, Any]:
        return {
            **BOT,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _yes(self, _method: str, _asked: dict[str, Any]) -> bool:
        return True


_METHODS: dict[str, Any] = {
    "getme": TelegramStandIn._me,
    "getupdates": TelegramStandIn._get_updates,
    "setwebhook": TelegramStandIn._set_webhook,
    "deletewebhook": TelegramStandIn._delete_webhook,
    "getwebhookinfo": TelegramStandIn._webhook_info,
    "sendmessage": TelegramStandIn._send,
    **{method.lower(): TelegramStandIn._send for method in _MEDIA},
    "answercallbackquery": TelegramStandIn._answer_query,
    "sendchataction": TelegramStandIn._chat_action,
    "getfile": TelegramStandIn._get_file,
    "setmycommands": TelegramStandIn._yes,
    "logout": TelegramStandIn._yes,
    "close": TelegramStandIn._yes,
}


async def _parameters(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return given | await request.json()
    if kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return given | dict(await request.form())
    return given


def _plain(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if not isinstance(value, UploadFile)}
