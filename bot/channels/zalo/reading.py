"""What follows from an event of Zalo: a question to the bot, a receipt, a window that opens, an officer who answers."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.channels.capabilities import ZALO, ZALO_ANONYMOUS, ZALO_PHONE
from bot.channels.events import UNKNOWN
from bot.channels.received import Received, ReceivedKind
from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.bodies import PAYLOAD_MARK, digest_of
from bot.channels.zalo.events import (
    ANONYMOUS_ECHO,
    ECHO,
    GROUP,
    IGNORED,
    INTERACTIONS,
    REACTED,
    TEMPLATE_CHANGES,
    WRITTEN,
    NotAnEvent,
    ZaloEvent,
    event_key,
    parse_event,
    reaction_of,
    shared_info,
)
from bot.channels.zalo.watch import CHECK, READ_AS
from bot.inbox import Inbox
from bot.learning.ratings import Ratings
from bot.messages import MAX_TEXT_LENGTH, Incoming, clean_text
from bot.payloads import UnknownPayload, check_payload, make_payload
from store.clock import Clock
from store.database import Database
from store.delivery_states import DeliveryState
from store.queries.channel_events import StoredEvent
from store.queries.deliveries import title_of_button, was_asked_for_phone
from store.queries.people import set_unreachable
from store.queries.reactions import Reacted
from store.queries.sweeps import receipts_arrived
from store.queries.zalo_contacts import note_follow, note_interaction, read_contact, silence_chat
from store.queries.zalo_requests import echo_arrived, keep_early_receipts, known_message_ids, own_request
from store.queries.zalo_templates import set_template_status

log = structlog.get_logger(__name__)

#: The account's own greeting of a new follower comes within so long. It is nobody's answer.
WELCOME_WITHIN = timedelta(minutes=1)

#: What is said instead of words that cannot be read, so that staff see what came.
LABELS = {
    "image": "[ảnh]",
    "photo": "[ảnh]",
    "gif": "[ảnh động]",
    "sticker": "[nhãn dán]",
    "audio": "[ghi âm]",
    "video": "[video]",
    "file": "[tệp]",
    "location": "[vị trí]",
    "link": "[liên kết]",
    "business_card": "[danh thiếp]",
}
#: What answers them: a person has to look. A sticker gets a friendly word.
_ANSWERED_AS = {"sticker": make_payload("greet")}
_FOR_A_PERSON = make_payload("ask_person")


class ZaloReading:
    """Reads stored events of one account, one after the other for each person."""

    def __init__(self, account: ZaloAccount, database: Database, inbox: Inbox, clock: Clock, ratings: Ratings) -> None:
        self._account = account
        self._database = database
        self._inbox = inbox
        self._clock = clock
        self._ratings = ratings

    async def read(self, stored: StoredEvent) -> str:
        """Do what follows from an event and say in a word what it was."""
        try:
            event = parse_event(stored.body)
        except NotAnEvent:
            return UNKNOWN
        if event.name == CHECK:
            return READ_AS
        if self._of_another_account(event):
            return "other_account"
        for matches, follow in self._ways():
            if matches(event.name):
                return await follow(event)
        return "ignored" if event.name in IGNORED or GROUP.match(event.name) else UNKNOWN

    def _ways(self) -> tuple[tuple[Callable[[str], object], Callable[[ZaloEvent], Awaitable[str]]], ...]:
        return (
            (WRITTEN.match, self._written),
            (("user_received_message",).__contains__, self._delivered),
            (("user_seen_message",).__contains__, self._seen),
            (ANONYMOUS_ECHO.match, self._echo),
            (ECHO.match, self._echo),
            (("unfollow",).__contains__, self._unfollowed),
            (("user_submit_info",).__contains__, self._shared),
            ((REACTED,).__contains__, self._reacted),
            (INTERACTIONS.__contains__, self._interacted),
            (TEMPLATE_CHANGES.__contains__, self._template_changed),
        )

    def _of_another_account(self, event: ZaloEvent) -> bool:
        """True for events of another Official Account under the same application."""
        raw = event.raw or {}
        for side in ("recipient", "sender"):
            one = raw.get(side)
            if isinstance(one, dict) and f"{one.get('id')}" == self._account.oa_id:
                return False
        named = raw.get("oa_id") or raw.get("oaId")
        return named is not None and f"{named}" != self._account.oa_id

    def _at(self, event: ZaloEvent) -> datetime:
        """Return when it happened; nothing happens after now."""
        now = self._clock.now()
        return min(event.at, now) if event.at is not None else now

    # What people write.

    async def _written(self, event: ZaloEvent) -> str:
        if not event.person or not event.message_id:
            return UNKNOWN
        if event.name.startswith("anonymous_"):
            # Another kind of identity: never joined with anybody who is known.
            address, channel = f"{event.person}:{event.conversation or ''}", ZALO_ANONYMOUS
        else:
            address, channel = event.person, ZALO
            await self._note_interaction(event)
        match = WRITTEN.match(event.name)
        kind = match["kind"] if match is not None else "text"
        text, payload = await self._words(event, kind, channel, address)
        incoming = Incoming(
            channel=channel,
            address=address,
            provider_message_id=f"{self._account.oa_id}:{event.message_id}",
            text=text,
            payload=payload,
            wishes=_received(event, kind),
        )
        await self._inbox.accept(incoming)
        return "pressed" if payload is not None and kind == "text" else "message"

    async def _words(self, event: ZaloEvent, kind: str, channel: str, address: str) -> tuple[str, str | None]:
        text = clean_text(event.text)[:MAX_TEXT_LENGTH]
        if kind == "text" and text.startswith(PAYLOAD_MARK):
            try:
                payload = check_payload(text.removeprefix(PAYLOAD_MARK))
            except UnknownPayload:
                return text, None
            async with self._database.single() as connection:
                title = await title_of_button(connection, channel=channel, address=address, payload=payload)
            return title or payload, payload
        # Words beside a picture are the question; the name of a place is none.
        if text and kind != "location":
            return text, None
        label = LABELS.get(kind, LABELS["file"])
        return f"{label} {text}".strip(), _ANSWERED_AS.get(kind, _FOR_A_PERSON)

    async def _note_interaction(self, event: ZaloEvent) -> None:
        async with self._database.single() as connection:
            await note_interaction(
                connection,
                oa_id=self._account.oa_id,
                channel=ZALO,
                user_id=event.person,
                user_id_by_app=event.user_id_by_app,
                at=self._at(event),
            )

    # What else people do.

    async def _interacted(self, event: ZaloEvent) -> str:
        if not event.person:
            return UNKNOWN
        await self._note_interaction(event)
        if event.name == "follow":
            async with self._database.single() as connection:
                at = self._at(event)
                await note_follow(connection, oa_id=self._account.oa_id, user_id=event.person, follows=True, at=at)
                await set_unreachable(connection, channel=ZALO, address=event.person, reason=None, at=at)
            return "followed"
        return "interaction"

    async def _reacted(self, event: ZaloEvent) -> str:
        """A reaction opens the window, and under an answer says whether it helped."""
        outcome = await self._interacted(event)
        if not event.person or not event.message_id or event.at is None:
            return outcome
        reacted = Reacted(event.message_id, reaction_of(event), int(event.at.timestamp() * 1000), 0)
        return await self._ratings.react(reacted, channel=ZALO, address=event.person)

    async def _shared(self, event: ZaloEvent) -> str:
        """A telephone number that was asked for counts as typed; of what nobody asked for, nothing is kept."""
        outcome = await self._interacted(event)
        phone = shared_info(event).phone
        if phone is None or not event.person:
            return outcome
        async with self._database.single() as connection:
            if not await was_asked_for_phone(connection, channel=ZALO, address=event.person):
                return outcome
        await self._inbox.accept(
            Incoming(
                channel=ZALO,
                address=event.person,
                provider_message_id=event_key(event, self._account.oa_id),
                text=phone,
            )
        )
        return "message"

    async def _unfollowed(self, event: ZaloEvent) -> str:
        # The window stays open: only a block closes it, and the next refusal tells of that.
        async with self._database.single() as connection:
            await note_follow(
                connection, oa_id=self._account.oa_id, user_id=event.person, follows=False, at=self._at(event)
            )
        return "unfollowed"

    # What became of what was sent.

    async def _delivered(self, event: ZaloEvent) -> str:
        return await self._receipt(event, DeliveryState.DELIVERED)

    async def _seen(self, event: ZaloEvent) -> str:
        return await self._receipt(event, DeliveryState.SEEN)

    async def _receipt(self, event: ZaloEvent, state: DeliveryState) -> str:
        ids = list(event.message_ids)
        async with self._database.single() as connection:
            # First this: an id that the sender writes down between the two steps is then met by the second.
            if early := sorted(set(ids) - await known_message_ids(connection, ids)):
                await keep_early_receipts(connection, early, state=state, now=self._clock.now())
            for channel in (ZALO, ZALO_ANONYMOUS, ZALO_PHONE):
                await receipts_arrived(connection, channel=channel, provider_message_ids=ids, state=state)
        return state.value

    async def _echo(self, event: ZaloEvent) -> str:
        """What the account said: this system, or an officer who writes from Zalo's own application."""
        match = ECHO.match(event.name)
        kind = match["kind"] if match is not None else "text"
        address = event.person
        if match is None:
            address = f"{event.person}:{event.conversation or ''}"
        digest = digest_of("text" if event.text else "image" if kind == "image" else kind, event.text)
        now, at = self._clock.now(), self._at(event)
        async with self._database.transaction() as connection:
            own = await own_request(connection, message_id=event.message_id, address=address, digest=digest, at=at)
            if own is not None:
                await echo_arrived(connection, own, message_id=event.message_id, now=now)
                return "echo"
            if not event.admin_id and await self._is_welcome(event, at):
                return "welcome"
            await silence_chat(
                connection,
                channel=ZALO if match is not None else ZALO_ANONYMOUS,
                address=address,
                until=at + self._account.mute,
                now=now,
            )
        log.info("zalo_officer_answers", minutes=self._account.mute.total_seconds() / 60)
        return "officer"

    async def _is_welcome(self, event: ZaloEvent, at: datetime) -> bool:
        async with self._database.single() as connection:
            contact = await read_contact(connection, oa_id=self._account.oa_id, user_id=event.person)
        since = contact.follows_since if contact is not None and contact.follows else None
        return since is not None and abs(at - since) <= WELCOME_WITHIN

    async def _template_changed(self, event: ZaloEvent) -> str:
        raw = event.raw or {}
        status = raw.get("status")
        new = status.get("new_status") if isinstance(status, dict) else None
        if event.name == "change_template_status" and isinstance(new, str):
            async with self._database.single() as connection:
                template = f"{raw.get('template_id')}"
                await set_template_status(connection, template, status=new, now=self._clock.now())
        log.warning(
            "zalo_template_changed", template=f"{raw.get('template_id')}"[:40], change=event.name, now=f"{new}"[:40]
        )
        return "template"


_KINDS = {
    "image": ReceivedKind.PHOTO,
    "photo": ReceivedKind.PHOTO,
    "gif": ReceivedKind.STICKER,
    "sticker": ReceivedKind.STICKER,
    "audio": ReceivedKind.VOICE,
    "video": ReceivedKind.VIDEO,
    "file": ReceivedKind.FILE,
    "location": ReceivedKind.LOCATION,
    "business_card": ReceivedKind.CONTACT,
}


def _received(event: ZaloEvent, kind: str) -> dict[str, Any]:
    """Return what came beside words, as a wish of the message: what it is and where Zalo keeps it."""
    if kind in ("text", "link"):
        return {}
    first = event.attachments[0] if event.attachments else None
    received = Received(
        _KINDS.get(kind, ReceivedKind.OTHER),
        reference=first.url if first is not None else None,
        size=first.size if first is not None else None,
        latitude=_degrees(first.latitude) if first is not None else None,
        longitude=_degrees(first.longitude) if first is not None else None,
    )
    return {"received": received.to_json()}


def _degrees(written: str | None) -> float | None:
    try:
        return float(written) if written is not None else None
    except ValueError:
        return None
