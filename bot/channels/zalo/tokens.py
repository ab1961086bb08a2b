"""The tokens of a Zalo account: one refresh at a time over all processes, never a loop, never a token used unsaved.

A refresh token works once, and the old access token dies with it (channels.md A4). So:

- whoever refreshes holds the account's advisory lock, and reads the row again once they hold it;
- that a refresh is being asked for is committed before it is, and the new pair before anybody uses it;
- the same token is handed in again only after no answer or "busy", and not within five minutes;
- any other answer ends it: only a person can help then, and nothing is asked until they did.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
import structlog

from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo_http import Answer, HttpCalls, NoAnswer
from bot.metrics import ZALO_NEEDS_CONSENT, ZALO_TOKEN_AGE
from store.clock import Clock
from store.database import Database
from store.queries.zalo_tokens import (
    TokenRow,
    note_asked,
    note_no_answer,
    note_refused,
    put_tokens,
    read_token,
    token_lock,
)
from store.sealing import CannotUnseal, Sealer

log = structlog.get_logger(__name__)

#: Refreshed while the old one still works for so long.
REFRESH_BEFORE = timedelta(hours=2)
#: A token that was handed in is not handed in again sooner.
ASK_AGAIN_AFTER = timedelta(minutes=5)
#: When Zalo does not say how long a token lives.
SHORTEST_LIFE = timedelta(hours=1)
LONGEST_LIFE = timedelta(days=7)
#: How often it is looked whether a refresh is due.
LOOK_EVERY_SECONDS = 60.0
#: A refresh token dies three months after it was issued: staff hear twice before.
ALARM_AFTER = (timedelta(days=30), timedelta(days=80))

NO_TOKEN = "no_token"  # noqa: S105 – a reason, no secret
NEEDS_CONSENT = "needs_consent"
OTHER_ENVIRONMENT = "other_environment"
REFRESH_WAITS = "refresh_waits"
SEALED_WITH_ANOTHER_KEY = "sealed_with_another_key"


class NoToken(Exception):
    """Nothing can be sent now. `reason` is one of the words above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class TokenState:
    """How the tokens of an account stand, for staff. No token is in it."""

    given: bool
    expires_at: datetime | None = None
    refreshed_at: datetime | None = None
    needs_consent: str | None = None


class TokenKeeper:
    """Gives the access token, and refreshes it. Any number in any number of processes."""

    def __init__(
        self, account: ZaloAccount, database: Database, clock: Clock, sealer: Sealer, calls: HttpCalls
    ) -> None:
        self._account = account
        self._database = database
        self._clock = clock
        self._sealer = sealer
        self._calls = calls
        self._known: TokenRow | None = None
        self._access: str | None = None
        # Within a process one asks and the others wait here, so that they do not hold connections.
        self._one_asks = asyncio.Lock()

    async def access_token(self) -> str:
        """Return the access token.

        Raises:
            NoToken: there is none, or a person must act first.
        """
        if self._access is None or self._known is None or self._clock.now() >= self._known.expires_at:
            await self._read()
        if self._known is None or self._access is None:
            raise NoToken(NO_TOKEN)
        if self._clock.now() >= self._known.expires_at:
            return await self.after_refusal(self._access)
        return self._access

    async def after_refusal(self, refused: str) -> str:
        """Return another access token than `refused`, which Zalo did not take: somebody else's new one, or a new one.

        Raises:
            NoToken: there is no other, and none can be had now.
        """
        async with self._one_asks:
            await self._read()
            if self._access is not None and self._access != refused:
                return self._access
            row = self._known
            if row is None:
                raise NoToken(NO_TOKEN)
            await self._refresh(unless_other_than=row.access_token)
            if self._access is None or self._access == refused:
                raise NoToken(REFRESH_WAITS)
            return self._access

    async def keep_fresh(self) -> None:
        """Refresh if that is due; tell staff of tokens that grow old.

        Raises:
            NoToken: a person must act first.
        """
        async with self._one_asks:
            await self._read()
            row = self._known
            if row is None:
                return
            self._warn(row)
            if row.needs_consent is None and self._clock.now() >= row.expires_at - REFRESH_BEFORE:
                try:
                    await self._refresh(unless_other_than=row.access_token)
                except NoToken as reason:
                    log.info("zalo_refresh_waits", reason=reason.reason)

    async def state(self) -> TokenState:
        """Return how the tokens stand."""
        async with self._database.single() as connection:
            row = await read_token(connection, self._account.oa_id)
        if row is None:
            return TokenState(given=False)
        return TokenState(True, row.expires_at, row.refreshed_at, row.needs_consent)

    async def note(self) -> str | None:
        """Return what keeps the account from sending, None when nothing does."""
        state = await self.state()
        if not state.given:
            return NO_TOKEN
        return NEEDS_CONSENT if state.needs_consent is not None else None

    async def give(self, access_token: str, refresh_token: str, *, lasts: timedelta | None = None) -> None:
        """Take a pair that a person got from Zalo: at first, or after the account's consent was lost.

        Args:
            lasts: how long the access token still works; None: it is refreshed at the next occasion.
        """
        expires_at = self._clock.now() + (lasts if lasts is not None else SHORTEST_LIFE)
        async with token_lock(self._database, self._account.oa_id):
            await self._put(access_token, refresh_token, expires_at, "given")
        log.info("zalo_tokens_given", oa=self._account.oa_id)
        ZALO_NEEDS_CONSENT.labels(self._account.oa_id).set(0)

    async def exchange_code(self, code: str, verifier: str) -> None:
        """Take the pair that Zalo gives for the code of a consent (ten minutes, once).

        Raises:
            NoToken: Zalo refused the code, or did not answer.
        """
        form = {
            "code": code,
            "app_id": self._account.app_id,
            "grant_type": "authorization_code",
            "code_verifier": verifier,
        }
        answer = await self._post(form)
        pair = _pair(answer) if isinstance(answer, Answer) else None
        if pair is None:
            reason = answer.reason if isinstance(answer, NoAnswer) else _refusal(answer)
            raise NoToken(f"code_refused: {reason}")
        await self.give(pair.access, pair.refresh, lasts=pair.lasts)

    async def _read(self) -> None:
        async with self._database.single() as connection:
            row = await read_token(connection, self._account.oa_id)
        self._take(row)

    def _take(self, row: TokenRow | None) -> None:
        self._known = row
        if row is None:
            self._access = None
            return
        ZALO_NEEDS_CONSENT.labels(self._account.oa_id).set(0 if row.needs_consent is None else 1)
        ZALO_TOKEN_AGE.labels(self._account.oa_id).set((self._clock.now() - row.refreshed_at).total_seconds())
        if row.needs_consent is not None:
            self._access = None
            raise NoToken(NEEDS_CONSENT)
        self._access = self._unsealed(row.access_token)

    def _unsealed(self, sealed: bytes) -> str:
        try:
            return self._sealer.unseal(sealed)
        except CannotUnseal as error:
            log.error("zalo_token_unreadable", message=str(error))
            raise NoToken(SEALED_WITH_ANOTHER_KEY) from error

    async def _refresh(self, *, unless_other_than: bytes) -> None:
        """Get a new pair, unless another process got one since `unless_other_than` was read.

        Raises:
            NoToken: not now, or not without a person.
        """
        account, now = self._account, self._clock.now()
        async with token_lock(self._database, account.oa_id) as connection:
            row = await read_token(connection, account.oa_id)
            self._take(row)
            if row is None:
                raise NoToken(NO_TOKEN)
            if row.access_token != unless_other_than:
                return
            if row.environment != account.environment:
                log.error("zalo_tokens_of_another_installation", theirs=row.environment, ours=account.environment)
                raise NoToken(OTHER_ENVIRONMENT)
            last = max(row.refreshed_at, row.asked_at or row.refreshed_at)
            if now - last < ASK_AGAIN_AFTER:
                raise NoToken(REFRESH_WAITS)
            await note_asked(connection, account.oa_id, now=now)
            form = {
                "refresh_token": self._unsealed(row.refresh_token),
                "app_id": account.app_id,
                "grant_type": "refresh_token",
            }
            answer = await self._post(form)
            await self._conclude(answer)

    async def _conclude(self, answer: Answer | NoAnswer) -> None:
        account, now = self._account, self._clock.now()
        pair = _pair(answer) if isinstance(answer, Answer) else None
        if pair is not None:
            await self._put(pair.access, pair.refresh, now + pair.lasts, "refreshed")
            await self._read()
            log.info("zalo_token_refreshed", oa=account.oa_id)
            return
        if isinstance(answer, NoAnswer) or answer.code == -32 or answer.status >= 500:
            # Zalo may have made a new pair and its answer got lost: the same token is tried once more, later.
            what = "no_answer" if isinstance(answer, NoAnswer) else "busy"
            reason = answer.reason if isinstance(answer, NoAnswer) else _refusal(answer)
            async with self._database.single() as connection:
                await note_no_answer(connection, account.oa_id, what=what, reason=reason, now=now)
            log.warning("zalo_refresh_without_answer", oa=account.oa_id, reason=reason)
            raise NoToken(REFRESH_WAITS)
        reason = _refusal(answer)
        async with self._database.transaction() as connection:
            await note_refused(connection, account.oa_id, reason=reason, now=now)
        self._access = None
        ZALO_NEEDS_CONSENT.labels(account.oa_id).set(1)
        log.error("zalo_needs_consent", oa=account.oa_id, reason=reason)
        raise NoToken(NEEDS_CONSENT)

    async def _put(self, access: str, refresh: str, expires_at: datetime, what: str) -> None:
        async with self._database.transaction() as connection:
            await put_tokens(
                connection,
                self._account.oa_id,
                environment=self._account.environment,
                access_token=self._sealer.seal(access),
                refresh_token=self._sealer.seal(refresh),
                expires_at=expires_at,
                now=self._clock.now(),
                what=what,
            )

    async def _post(self, form: dict[str, str]) -> Answer | NoAnswer:
        return await self._calls.ask(
            "POST",
            f"{self._account.oauth}/v4/oa/access_token",
            headers={"secret_key": self._account.app_secret},
            data=aiohttp.FormData(form),
        )

    def _warn(self, row: TokenRow) -> None:
        age = self._clock.now() - row.refreshed_at
        if age >= ALARM_AFTER[0]:
            level = log.error if age >= ALARM_AFTER[1] else log.warning
            level("zalo_token_grows_old", oa=self._account.oa_id, days=age.days)


@dataclass(frozen=True)
class _Pair:
    access: str
    refresh: str
    lasts: timedelta


def _pair(answer: Answer) -> _Pair | None:
    """Return what a token call gave. Zalo's failures come with 200 too: only the tokens themselves are a success."""
    body = answer.body
    access, refresh = body.get("access_token"), body.get("refresh_token")
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        return None
    try:
        # A text by the documents, a number in the wild, sometimes missing.
        lasts = timedelta(seconds=int(body.get("expires_in") or SHORTEST_LIFE.total_seconds()))
    except (TypeError, ValueError, OverflowError):
        lasts = SHORTEST_LIFE
    return _Pair(access, refresh, min(max(lasts, timedelta(0)), LONGEST_LIFE) or SHORTEST_LIFE)


def _refusal(answer: Answer) -> str:
    words = [answer.body.get(name) for name in ("error_name", "error_reason", "error_description", "message")]
    said = next((word for word in words if isinstance(word, str) and word), "")
    return f"{answer.code if answer.code is not None else answer.status} {said}".strip()[:200]
