"""Calls of Zalo's API: the token in its header, failures read from the body, a refused token replaced once."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson
import structlog

from bot.channels.base import Failed
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.errors import AGAINST_STANDARDS, REFRESH_CODES, meaning_of
from bot.channels.zalo.tokens import NoToken, TokenKeeper
from bot.channels.zalo_http import Answer, HttpCalls, NoAnswer
from store.clock import Clock
from store.delivery_errors import ErrorClass

log = structlog.get_logger(__name__)

CS_MESSAGE = "/v3.0/oa/message/cs"
TEMPLATE_BY_USER = "/v3.0/oa/message/template"
TEMPLATE_BY_PHONE = "/message/template"
UPLOAD = "/v2.0/oa/upload/"
ANONYMOUS_MESSAGE = "/v2.0/oa/message"

#: Below this share of the minute's calls bulk waits for the next minute (channels.md D-06).
SLOW_BELOW = 0.1


@dataclass(frozen=True)
class Refusal:
    """Zalo refused: the code for whoever knows what to do about it, and what it means for a message."""

    code: int
    failed: Failed


@dataclass(frozen=True)
class Rate:
    """What an answer says about the calls of this minute."""

    limit: int
    remaining: int


#: Told of the rate that an answer names.
OnRate = Callable[[Rate], Awaitable[None]]


async def _nobody(_rate: Rate) -> None:
    return


class ZaloClient:
    """Zalo's API for one account."""

    def __init__(
        self,
        account: ZaloAccount,
        tokens: TokenKeeper,
        calls: HttpCalls,
        clock: Clock,
        *,
        on_rate: OnRate = _nobody,
    ) -> None:
        self._account = account
        self._tokens = tokens
        self._calls = calls
        self._clock = clock
        self._on_rate = on_rate

    async def consult(self, body: Mapping[str, Any]) -> Answer | Refusal | Failed:
        """Send a consultation message."""
        return await self._json(self._account.openapi + CS_MESSAGE, body)

    async def answer_anonymous(self, body: Mapping[str, Any]) -> Answer | Refusal | Failed:
        """Answer a visitor who did not say who they are."""
        return await self._json(self._account.openapi + ANONYMOUS_MESSAGE, body)

    async def react(self, user_id: str, message_id: str, icon: str) -> Answer | Refusal | Failed:
        """Put a sign such as `/-heart` under a message of a person; free of charge."""
        action = {"react_icon": icon, "react_message_id": message_id}
        body = {"recipient": {"user_id": user_id}, "sender_action": action}
        return await self._json(self._account.openapi + ANONYMOUS_MESSAGE, body)

    async def template_to_user(self, body: Mapping[str, Any]) -> Answer | Refusal | Failed:
        """Send an approved template to somebody by their id."""
        return await self._json(self._account.openapi + TEMPLATE_BY_USER, body)

    async def template_to_phone(self, body: Mapping[str, Any]) -> Answer | Refusal | Failed:
        """Send an approved template to a telephone number."""
        return await self._json(self._account.business + TEMPLATE_BY_PHONE, body, by_phone=True)

    async def template_info(self, template_id: str) -> Answer | Refusal | Failed:
        """Ask for the parameters, state and price of a template."""
        return await self._call(
            "GET",
            self._account.business + "/template/info/v2",
            by_phone=True,
            repeatable=True,
            params={"template_id": template_id},
        )

    async def upload(self, kind: str, name: str, content: bytes, media_type: str) -> Answer | Refusal | Failed:
        """Hand a picture (`image`), moving picture (`gif`) or file (`file`) over."""

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData()
            made.add_field("file", content, filename=name, content_type=media_type)
            return made

        return await self._call("POST", self._account.openapi + UPLOAD + kind, repeatable=True, data=form)

    async def profile(self, user_id: str) -> Answer | Refusal | Failed:
        """Ask who somebody is; at most once a day for each person."""
        return await self._get("/v3.0/oa/user/detail", {"user_id": user_id})

    async def account_information(self) -> Answer | Refusal | Failed:
        """Ask for the account's name, kind, package."""
        return await self._get("/v2.0/oa/getoa", {})

    async def interaction(self, user_id: str) -> Answer | Refusal | Failed:
        """Ask when somebody did something last and what may still be sent to them."""
        url = self._account.openapi + "/v3.0/oa/quota/message"
        return await self._json(url, {"user_id": user_id}, repeatable=True)

    async def _get(self, path: str, data: Mapping[str, Any]) -> Answer | Refusal | Failed:
        params = {"data": orjson.dumps(data).decode()} if data else {}
        return await self._call("GET", self._account.openapi + path, repeatable=True, params=params)

    async def _json(
        self, url: str, body: Mapping[str, Any], *, by_phone: bool = False, repeatable: bool = False
    ) -> Answer | Refusal | Failed:
        headers = {"Content-Type": "application/json"}
        return await self._call(
            "POST", url, by_phone=by_phone, repeatable=repeatable, headers=headers, data=orjson.dumps(body)
        )

    async def _call(
        self, method: str, url: str, *, by_phone: bool = False, repeatable: bool = False, **call: Any
    ) -> Answer | Refusal | Failed:
        """Call, and once more with a new token where the old one was refused: Zalo did nothing then."""
        try:
            token = await self._tokens.access_token()
            answer = await self._once(method, url, token, **call)
            if isinstance(answer, Answer) and answer.code in REFRESH_CODES:
                token = await self._tokens.after_refusal(token)
                answer = await self._once(method, url, token, **call)
        except NoToken as missing:
            return Failed(ErrorClass.AUTH, f"zalo_{missing.reason}"[:60])
        if isinstance(answer, NoAnswer):
            safe = answer.never_left or repeatable
            return Failed(ErrorClass.RETRYABLE if safe else ErrorClass.UNKNOWN, f"zalo_{answer.reason}")
        await self._heed_rate(answer)
        return self._judged(answer, by_phone=by_phone, repeatable=repeatable)

    async def _once(self, method: str, url: str, token: str, **call: Any) -> Answer | NoAnswer:
        headers = {**call.pop("headers", {}), "access_token": token}
        if self._account.appsecret_proof:
            headers["appsecret_proof"] = appsecret_proof(self._account.app_secret, token)
        if callable(call.get("data")):
            # A form can be read once only.
            call["data"] = call["data"]()
        return await self._calls.ask(method, url, headers=headers, **call)

    def _judged(self, answer: Answer, *, by_phone: bool, repeatable: bool) -> Answer | Refusal | Failed:
        code = answer.code
        if answer.is_json and code == 0:
            return answer
        if not answer.is_json or code is None:
            unknown = answer.may_be_done and not repeatable
            return Failed(ErrorClass.UNKNOWN if unknown else ErrorClass.RETRYABLE, f"zalo_http_{answer.status}")
        meaning = meaning_of(code, answer.message, self._clock.now(), by_phone=by_phone)
        # Two codes have two meanings each: Zalo's words tell them apart. They name nobody.
        log.warning("zalo_refused", code=code, words=answer.message[:120], error=meaning.error.value)
        if code == AGAINST_STANDARDS:
            log.error("zalo_objects_to_content", code=code)
        failed = Failed(
            meaning.error,
            f"zalo_{code}",
            retry_after=meaning.retry_after,
            stops_run=code == AGAINST_STANDARDS,
        )
        return Refusal(code, failed)

    async def _heed_rate(self, answer: Answer) -> None:
        limit, left = answer.headers.get("x-ratelimit-limit", ""), answer.headers.get("x-ratelimit-remain", "")
        if limit.isdecimal() and left.isdecimal() and int(limit) > 0:
            await self._on_rate(Rate(int(limit), int(left)))


def appsecret_proof(app_secret: str, access_token: str) -> str:
    """Return the proof that an application may demand with each call: hex HMAC-SHA256 of the token."""
    return hmac.new(app_secret.encode(), access_token.encode(), hashlib.sha256).hexdigest()
