"""Who is looking at a page, and the only two ways from a page to the database: reading and acting.

Both look anew whether the session still holds and which duties the person has at this moment. A page that was left open
when its owner was shut out, or lost a duty, can do nothing any more.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from console.access.actions import ALL_STAFF, Action
from console.access.sign_in import SignedIn, signed_in
from console.shell.parts import ConsoleParts
from console.shell.registry import Page
from content.place_units import load_places
from content.translations import Catalogue, catalogue_for
from scheduler.actors import Actor
from store.clock import LOCAL_ZONE, local_date
from store.queries.audit import record_audit
from store.queries.staff import Staff, note_presence
from store.staff_roles import WHOLE_PROVINCE, Role


class Told(Exception):
    """Something that cannot be done now, to be said to whoever clicked. `key` is a key of the catalogues."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(key)

    def text(self, catalogue: Catalogue) -> str:
        """What happened, why, and what to do next."""
        return catalogue.text(self.key, **self.values)


class SignedOut(Told):
    """The session is over."""

    def __init__(self) -> None:
        super().__init__("console.error.signed_out")


class Forbidden(Told):
    """The person does not hold the duty, or not there."""

    def __init__(self) -> None:
        super().__init__("console.error.forbidden")


class Missing(Told):
    """What is asked for does not exist, or is not for them to see: both look the same."""

    def __init__(self) -> None:
        super().__init__("console.error.missing")


@dataclass(frozen=True)
class Acting:
    """A transaction in which somebody does something that they may do."""

    connection: AsyncConnection
    staff: Staff
    now: datetime
    actor: Actor

    async def record(
        self, action: str, subject: str, *, area: str = WHOLE_PROVINCE, details: Mapping[str, Any] | None = None
    ) -> None:
        """Write it down in the audit log; services that do so themselves need no second line."""
        await record_audit(
            self.connection,
            actor=self.staff.id,
            action=action,
            subject=subject,
            now=self.now,
            area=area,
            details=details,
        )


def actor_of(staff: Staff, roles: frozenset[Role] = ALL_STAFF) -> Actor:
    """For whom services of campaigns act; administrators and auditors see all organisations.

    Args:
        roles: the duties on which they act, which may be held in some communes only.
    """
    everywhere = staff.has(Role.ADMINISTRATOR, Role.AUDITOR)
    return Actor(staff.id, staff.organisation, everywhere=everywhere, areas=staff.areas_of(*roles))


class Visit:
    """One open page and who looks at it."""

    def __init__(self, parts: ConsoleParts, who: SignedIn, cookie: str, page: Page) -> None:
        self.parts = parts
        self.staff = who.staff
        self.session_id = who.session.id
        self.page = page
        self.catalogue = catalogue_for(who.staff.language)
        #: The page's heading, drawn by the frame.
        self.heading: Any = None
        self._cookie = cookie

    @property
    def now(self) -> datetime:
        """The present time, in UTC."""
        return self.parts.clock.now()

    @property
    def today(self) -> date:
        """The calendar day in Vietnam."""
        return local_date(self.now)

    @property
    def actor(self) -> Actor:
        """For whom services of campaigns act."""
        return actor_of(self.staff)

    def t(self, key: str, **values: object) -> str:
        """Return words in the person's language."""
        return self.catalogue.text(key, **values)

    def moment(self, moment: datetime | None) -> str:
        """Return day and time as people write them; a dash for never."""
        if moment is None:
            return "–"
        local = moment.astimezone(LOCAL_ZONE)
        return f"{local:%H:%M} {self.catalogue.date(local.date())}"

    def place(self, area: str) -> str:
        """Return the name of a commune or ward, or that it is the whole province."""
        unit = load_places().units.get(area)
        return unit.name if unit is not None else self.t("console.frame.whole_province")

    def may(self, action: Action, area: str = WHOLE_PROVINCE) -> bool:
        """True if a button for this is worth showing. `acting` decides."""
        return action.allows(self.staff, area)

    def may_somewhere(self, action: Action) -> bool:
        """The same for what a service looks at itself: do they hold the duty anywhere?"""
        return self.staff.has(*action.roles)

    def areas_of(self, *roles: Role) -> frozenset[str] | None:
        """Return where they hold one of `roles`: None everywhere. For the queries of a page."""
        return self.staff.areas_of(*roles)

    @asynccontextmanager
    async def reading(self, *, by_itself: bool = False) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that can only read.

        Args:
            by_itself: the page asks, not the person, who may be away: it does not keep the session open.

        Raises:
            SignedOut: the session is over.
            Forbidden: the person may not open this page any more.
        """
        async with self.parts.database.transaction() as connection:
            await self._look_again(connection, touch=not by_itself)
            if not self.page.open_to(self.staff):
                raise Forbidden
            await connection.exec_driver_sql("set transaction read only")
            yield connection

    async def note_presence(self) -> None:
        """Note that a page of theirs is open, which does not keep the session open by itself.

        Raises:
            SignedOut: the session is over.
        """
        async with self.parts.database.transaction() as connection:
            await self._look_again(connection, touch=False)
            await note_presence(connection, staff_id=self.staff.id, now=self.now)

    @asynccontextmanager
    async def acting(self, action: Action, area: str = WHOLE_PROVINCE) -> AsyncIterator[Acting]:
        """Open a transaction in which the person does something.

        Args:
            area: commune or ward of what is changed; where it concerns none, the duty must be held for the province.

        Raises:
            SignedOut: the session is over.
            Forbidden: the person may not do this there.
        """
        async with self.parts.database.transaction() as connection:
            await self._look_again(connection, touch=True)
            if not action.allows(self.staff, area):
                raise Forbidden
            yield Acting(connection, self.staff, self.now, actor_of(self.staff, action.roles))

    @asynccontextmanager
    async def acting_somewhere(self, action: Action) -> AsyncIterator[Acting]:
        """As `acting`, wherever they hold the duty: the service called inside looks at `acting.actor.areas` itself."""
        held = [duty.area for duty in self.staff.duties if duty.role in action.roles]
        async with self.acting(action, min(held, default=WHOLE_PROVINCE)) as acting:
            yield acting

    @asynccontextmanager
    async def acting_for_self(self, action: Action) -> AsyncIterator[Acting]:
        """As `acting`, for what concerns only the person: allowed wherever they hold a duty."""
        area = min((duty.area for duty in self.staff.duties), default=WHOLE_PROVINCE)
        async with self.acting(action, area) as acting:
            yield acting

    async def _look_again(self, connection: AsyncConnection, *, touch: bool) -> None:
        who = await signed_in(connection, self._cookie, self.now, touch=touch)
        if who is None or not who.session.complete:
            raise SignedOut
        self.staff = who.staff
