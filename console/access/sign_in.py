"""Signing in: invitation → password → one-time code; what is refused, and how often somebody may try."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy.ext.asyncio import AsyncConnection

from console.access.one_time_codes import matching_step, totp_secret_of
from console.access.passwords import hash_password, password_fault, password_matches
from store.clock import Clock
from store.database import Database
from store.queries.audit import record_audit
from store.queries.staff import Staff, staff_member
from store.queries.staff_invitations import invited, use_invitation
from store.queries.staff_sessions import SessionRow, begin_session, end_sessions, find_session
from store.queries.staff_sign_in import (
    credentials_of,
    credentials_of_login,
    failures_since,
    forget_failures,
    note_failure,
    set_password_hash,
    set_recovery_codes,
    set_totp_secret,
    use_recovery_code,
    use_totp_step,
)
from store.sealing import Sealer

#: Failed attempts are counted for so long.
COUNTED_FOR = timedelta(minutes=15)
#: Enough for mistyping, too few to guess.
MOST_PER_LOGIN = 5
#: Behind a proxy a whole office has one address.
MOST_PER_ADDRESS = 60
RECOVERY_CODES = 10


class SignInRefused(Exception):
    """Somebody was not let in; `key` is a key of the catalogues."""

    def __init__(self, key: str) -> None:
        self.key = f"console.sign_in.{key}"
        super().__init__(self.key)


@dataclass(frozen=True)
class Entered:
    """A browser after the password: its new cookie, and whether the one-time code is still to come."""

    cookie: str
    complete: bool


@dataclass(frozen=True)
class SignedIn:
    """Whoever is behind a cookie. `session.complete` is False while the one-time code is still to come."""

    session: SessionRow
    staff: Staff


class SignIn:
    """The ways in and out. Failures leave their trace even though nothing else of the attempt is saved."""

    def __init__(self, database: Database, clock: Clock, sealer: Sealer) -> None:
        self._database = database
        self._clock = clock
        self._sealer = sealer

    async def who(self, cookie: str | None, *, touch: bool = True) -> SignedIn | None:
        """Return who is behind a cookie, None for one that is not good (any more)."""
        if not cookie:
            return None
        async with self._database.transaction() as connection:
            return await signed_in(connection, cookie, self._clock.now(), touch=touch)

    async def with_password(self, login: str, password: str, *, address: str, browser: str) -> Entered:
        """Check a password.

        Raises:
            SignInRefused: wrong, or too many attempts.
        """
        login = login.strip().lower()
        now = self._clock.now()
        await self._require_patience(login, address, now)
        async with self._database.transaction() as connection:
            found = await credentials_of_login(connection, login=login)
        if not await password_matches(found.password_hash if found else None, password):
            await self._note_failure(login, address, now)
            raise SignInRefused("wrong")
        assert found is not None
        # Made-up accounts are for trying out; whoever reads the terminal has their password of the day.
        complete = found.demo
        async with self._database.transaction() as connection:
            cookie = await begin_session(
                connection, staff_id=found.staff_id, browser=browser, complete=complete, now=now
            )
            if complete:
                await self._entered(connection, found.staff_id, login, now)
        return Entered(cookie, complete)

    async def with_code(self, half_way: SignedIn, code: str, *, address: str, browser: str) -> str:
        """Check a one-time or recovery code after the password; return the cookie of the whole session.

        Raises:
            SignInRefused: wrong, used before, or too many attempts.
        """
        staff, now = half_way.staff, self._clock.now()
        await self._require_patience(staff.login, address, now)
        typed = "".join(code.split()).replace("-", "").lower()
        async with self._database.transaction() as connection:
            found = await credentials_of(connection, staff_id=staff.id)
            good = unreadable = False
            if found is not None and found.totp_confirmed:
                secret = totp_secret_of(found, self._sealer)
                # Recovery codes still let in whoever's secret was sealed with a key that is lost.
                unreadable = secret is None
                step = None if secret is None else matching_step(secret, typed, now)
                if step is not None:
                    good = await use_totp_step(connection, staff_id=staff.id, step=step)
                else:
                    left = await use_recovery_code(connection, staff_id=staff.id, code=typed)
                    good = left is not None
                    if good:
                        await record_audit(
                            connection,
                            actor=staff.id,
                            action="staff.recovery_code_used",
                            subject=f"staff:{staff.id}",
                            now=now,
                            details={"left": left},
                        )
            if good:
                return await self._whole(connection, half_way, browser, now)
        await self._note_failure(staff.login, address, now)
        raise SignInRefused("codes_unreadable" if unreadable else "wrong_code")

    async def secret_to_set_up(self, half_way: SignedIn) -> str | None:
        """Return the secret that its owner has to put into their app; None if that was done before."""
        async with self._database.transaction() as connection:
            found = await credentials_of(connection, staff_id=half_way.staff.id)
            if found is None or found.totp_confirmed:
                return None
            begun = totp_secret_of(found, self._sealer)
            if begun is not None:
                return begun
            secret = pyotp.random_base32()
            await set_totp_secret(connection, staff_id=half_way.staff.id, sealed=self._sealer.seal(secret))
            return secret

    async def confirm_secret(self, half_way: SignedIn, code: str, *, browser: str) -> tuple[str, list[str]]:
        """Check the first code of a new secret; return the cookie of the whole session, and the recovery codes.

        Raises:
            SignInRefused: the code is wrong.
        """
        staff, now = half_way.staff, self._clock.now()
        async with self._database.transaction() as connection:
            found = await credentials_of(connection, staff_id=staff.id)
            secret = None if found is None or found.totp_confirmed else totp_secret_of(found, self._sealer)
            if secret is None:
                raise SignInRefused("again")
            step = matching_step(secret, "".join(code.split()), now)
            if step is None or not await use_totp_step(connection, staff_id=staff.id, step=step):
                raise SignInRefused("wrong_code")
            codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
            await set_recovery_codes(connection, staff_id=staff.id, codes=codes)
            await record_audit(
                connection, actor=staff.id, action="staff.second_factor_set", subject=f"staff:{staff.id}", now=now
            )
            return await self._whole(connection, half_way, browser, now), codes

    async def invited(self, code: str) -> Staff | None:
        """Return whom an invitation is for, None for one that is used, expired or made up."""
        async with self._database.transaction() as connection:
            number = await invited(connection, code=code, now=self._clock.now())
            return None if number is None else await staff_member(connection, staff_id=number)

    async def accept(self, code: str, password: str, *, browser: str) -> Entered:
        """Choose a password with an invitation; signs out whoever is signed in with the old one.

        Raises:
            SignInRefused: the invitation is over, or the password will not do.
        """
        staff, now = await self.invited(code), self._clock.now()
        if staff is None:
            raise SignInRefused("invitation_over")
        fault = password_fault(password, staff.login)
        if fault is not None:
            raise SignInRefused(fault.removeprefix("console.sign_in."))
        hashed = await hash_password(password)
        async with self._database.transaction() as connection:
            if not await use_invitation(connection, code=code, now=now):
                raise SignInRefused("invitation_over")
            await set_password_hash(connection, staff_id=staff.id, password_hash=hashed)
            await end_sessions(connection, staff_id=staff.id, now=now)
            await forget_failures(connection, kind="login", value=staff.login)
            await record_audit(
                connection, actor=staff.id, action="staff.password_chosen", subject=f"staff:{staff.id}", now=now
            )
            cookie = await begin_session(connection, staff_id=staff.id, browser=browser, complete=False, now=now)
        return Entered(cookie, complete=False)

    async def sign_out(self, who: SignedIn) -> None:
        """End the session of this browser."""
        async with self._database.transaction() as connection:
            now = self._clock.now()
            await end_sessions(connection, staff_id=who.staff.id, session_id=who.session.id, now=now)

    async def _whole(self, connection: AsyncConnection, half_way: SignedIn, browser: str, now: datetime) -> str:
        # A new cookie: whoever planted the old one in somebody's browser has nothing of the whole session.
        staff = half_way.staff
        await end_sessions(connection, staff_id=staff.id, session_id=half_way.session.id, now=now)
        await self._entered(connection, staff.id, staff.login, now)
        return await begin_session(connection, staff_id=staff.id, browser=browser, complete=True, now=now)

    async def _entered(self, connection: AsyncConnection, staff_id: int, login: str, now: datetime) -> None:
        await forget_failures(connection, kind="login", value=login)
        await record_audit(connection, actor=staff_id, action="staff.signed_in", subject=f"staff:{staff_id}", now=now)

    async def _require_patience(self, login: str, address: str, now: datetime) -> None:
        since = now - COUNTED_FOR
        async with self._database.transaction() as connection:
            by_login = await failures_since(connection, kind="login", value=login, since=since)
            by_address = await failures_since(connection, kind="address", value=address, since=since)
        if by_login >= MOST_PER_LOGIN or by_address >= MOST_PER_ADDRESS:
            raise SignInRefused("too_often")

    async def _note_failure(self, login: str, address: str, now: datetime) -> None:
        async with self._database.transaction() as connection:
            await note_failure(connection, kind="login", value=login, now=now)
            await note_failure(connection, kind="address", value=address, now=now)


async def signed_in(connection: AsyncConnection, cookie: str, now: datetime, *, touch: bool = True) -> SignedIn | None:
    """Return who is behind a cookie, with the duties that they hold at this moment."""
    session = await find_session(connection, cookie=cookie, now=now, touch=touch)
    staff = None if session is None else await staff_member(connection, staff_id=session.staff_id)
    return None if session is None or staff is None else SignedIn(session, staff)
