"""One person, several channels: a code asked for on one and typed on another, parting, and where news is to come."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.actions.understanding import understanding_of
from bot.delivery.limits import is_group
from bot.link_codes import new_link_code
from store.clock import Clock
from store.database import Database
from store.queries.links import LinkRefused, put_link_code, unlink, use_link_code
from store.queries.people import contact_of, conversations_of, person_of, remember


class LinkAction(Action):
    """`value` up: a code; down: parts this chat from the others. `code`: links. `channel`: where news is to come.

    With nothing of these, shows what is linked.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_link"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Do it, and say how things stand."""
        understood = understanding_of(tracker)
        # One transaction, committed also when a code is refused: wrong ones are counted.
        async with self._database.transaction() as connection:
            here = await self._here(connection, understood.conversation)
            key, said = "link_not_here", dict[str, Any]()
            if here is not None:
                key, said = await self._done(connection, understood.conversation, understood.entities)
                said |= await self._shown(connection, understood.conversation)
        dispatcher.utter_message(json_message={**understood.base(key), "here": here, **said})
        return []

    @staticmethod
    async def _here(connection: AsyncConnection, conversation_id: int) -> str | None:
        """Return the channel of this chat; None where it is no single person's (a group, a trial by staff)."""
        person_id = await person_of(connection, conversation_id=conversation_id)
        for one in await conversations_of(connection, person_id=person_id):
            if one.id == conversation_id and not is_group(one.channel, one.address):
                return one.channel
        return None

    async def _done(
        self, connection: AsyncConnection, conversation_id: int, entities: dict[str, str]
    ) -> tuple[str, dict[str, Any]]:
        now = self._clock.now()
        if (code := entities.get("code")) is not None:
            try:
                linked = await use_link_code(connection, conversation_id=conversation_id, code=code, now=now)
            except LinkRefused as refused:
                return f"link_refused_{refused.reason}", {}
            return "linked", {"with": linked.channel}
        if entities.get("value") == "up":
            code = new_link_code()
            await put_link_code(connection, conversation_id=conversation_id, code=code, now=now)
            return "link_code", {"code": code}
        if entities.get("value") == "down":
            parted = await unlink(connection, conversation_id=conversation_id, now=now)
            return ("unlinked" if parted else "link_alone"), {}
        if (channel := entities.get("channel")) is not None:
            person_id = await person_of(connection, conversation_id=conversation_id)
            theirs = {one.channel for one in await conversations_of(connection, person_id=person_id)}
            if channel in theirs:
                await remember(connection, person_id=person_id, field="preferred_channel", value=channel, now=now)
                return "link_preferred", {}
        return "link_shown", {}

    @staticmethod
    async def _shown(connection: AsyncConnection, conversation_id: int) -> dict[str, Any]:
        person_id = await person_of(connection, conversation_id=conversation_id)
        contact = await contact_of(connection, person_id=person_id)
        chats = await conversations_of(connection, person_id=person_id)
        return {
            "channels": list(dict.fromkeys(one.channel for one in chats)),
            "preferred": contact.preferred_channel if contact is not None else None,
        }
