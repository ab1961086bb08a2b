"""Every flow works on every channel that people write on: each is walked with what the channel can show.

Buttons are pressed where the channel has them; elsewhere their numbers are typed, as people do.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from bot.channels.capabilities import CAPABILITIES, ZALO_PHONE
from bot.channels.splitting import split_text
from bot.messages import Incoming, OutgoingMessage
from server.runtime import Runtime
from store.queries.deliveries import answer_to
from tests.patience import PATIENCE_SECONDS

#: Where people write. Templates by telephone number only go out.
CHANNELS = [name for name in CAPABILITIES if name != ZALO_PHONE]

_numbers = itertools.count(1)
_LEFT = text("update delivery set state = 'sent', settled_at = now() where incoming_id = :incoming and state <> 'sent'")


@dataclass
class Chat:
    """One chat on a channel of the running system. Whatever it queues counts as sent.

    Also where a provider's stand-in listens, which does not know the person.
    """

    system: Runtime
    channel: str
    address: str

    async def says(self, words: str, payload: str | None = None) -> list[OutgoingMessage]:
        """Write, or press a button; return the answers as the channel would show them."""
        incoming = Incoming(
            channel=self.channel,
            address=self.address,
            provider_message_id=f"{self.address}:{next(_numbers)}",
            text=words,
            payload=payload,
        )
        stored = await self.system.inbox.accept(incoming)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                async with self.system.database.single() as connection:
                    await connection.execute(_LEFT, {"incoming": stored.incoming_id})
                    answer = await answer_to(connection, stored.incoming_id)
                if answer.complete:
                    break
                await asyncio.sleep(0.02)
        messages = [OutgoingMessage.model_validate(one) for one in answer.messages]
        assert messages, words
        for message in messages:
            self.can_be_shown(message)
        return messages

    async def chooses(self, messages: Sequence[OutgoingMessage], number: int) -> list[OutgoingMessage]:
        """Choose the button with this number, from 1, the way the channel lets people choose."""
        buttons = messages[-1].buttons
        button = buttons[number - 1]
        if len(buttons) <= CAPABILITIES[self.channel].max_buttons:
            return await self.says(button.title, button.payload)
        return await self.says(f"{number}")

    def can_be_shown(self, message: OutgoingMessage) -> None:
        """Nothing of a message is lost on the channel."""
        can = CAPABILITIES[self.channel]
        for part in split_text(message.text, can.split_at or can.max_text_length):
            assert 0 < len(part) <= can.max_text_length
        if not can.folds_sources:
            assert all(source.document in message.text for source in message.sources)
        if len(message.buttons) > can.max_buttons:
            for number, button in enumerate(message.buttons, 1):
                title = button.title if button.title[:1].isdigit() else f"{number}. {button.title}"
                assert title in message.text


@pytest.fixture(params=CHANNELS)
def chat(request: pytest.FixtureRequest, system: Runtime) -> Chat:
    """A new chat on each channel."""
    return Chat(system, request.param, f"flows-{request.param}-{next(_numbers)}")


async def test_the_menu_is_walked_down_and_up(chat: Chat) -> None:
    menu = await chat.says("/menu")
    assert len(menu[-1].buttons) > 5
    topic = await chat.chooses(menu, 1)
    assert topic[-1].text != menu[-1].text and topic[-1].buttons
    answer = await chat.chooses(topic, 1)
    assert answer[-1].text != topic[-1].text


async def test_a_question_is_answered_with_its_source(chat: Chat) -> None:
    await chat.says("chào")
    answer = await chat.says("hộ nghèo được hỗ trợ tiền điện bao nhiêu")
    assert answer[0].sources and answer[0].statement
    after = await chat.chooses(answer, 1) if answer[-1].buttons else answer
    assert after


async def test_the_guided_check_asks_and_takes_choices(chat: Chat) -> None:
    await chat.says("chào")
    asked = await chat.says("/kiemtra")
    seen = [asked[-1].text]
    for _ in range(3):
        assert asked[-1].buttons
        asked = await chat.chooses(asked, 1)
        seen.append(asked[-1].text)
    assert len(set(seen)) == 4


async def test_courses_are_looked_for(chat: Chat) -> None:
    await chat.says("chào")
    found = await chat.says("tìm lớp học nghề")
    assert found[-1].text


async def test_the_language_is_changed_and_changed_back(chat: Chat) -> None:
    await chat.says("chào")
    english = await chat.says("/en")
    assert english[-1].language == "en"
    vietnamese = await chat.says("/vi")
    assert vietnamese[-1].language == "vi"


async def test_who_wants_a_person_is_told_where(chat: Chat) -> None:
    await chat.says("chào")
    assert (await chat.says("gặp cán bộ"))[-1].text
