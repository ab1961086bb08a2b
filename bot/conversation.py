"""The conversation worker: leases conversations, asks Rasa one message at a time, queues the answer.

Storing the answer, marking the message as answered and moving the lease are one transaction guarded by the lease, so a
message gets one answer however many workers, Rasa processes or database restarts come in between.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from bot.channels.capabilities import CAPABILITIES, LEAST, Capabilities
from bot.channels.fitting import fitted
from bot.channels.ledger import LEDGER_CHANNELS, TERMINAL
from bot.channels.waiting import SettledSignal
from bot.dangers import Danger, danger_told
from bot.helpdesk.campaign_replies import with_ticket
from bot.helpdesk.received import has_words, notice, question_that_waits
from bot.helpdesk.silence import comes_back, is_silent, speaks_to_the_bot
from bot.learning.open_questions import OpenQuestions
from bot.messages import OutgoingMessage
from bot.metrics import ANSWER_SECONDS, MESSAGES_ANSWERED
from bot.questions import Question, question_of
from bot.rasa_client import RasaFailed, RasaPool, RasaUnavailable
from bot.receipts import with_codes
from bot.rendering.renderer import Renderer
from bot.safeguards import Safeguards
from content.translations import catalogue_for
from store.clock import Clock
from store.database import LOST_CONNECTION, Database
from store.delivery_states import DeliveryKind, Priority
from store.queries.deliveries import queue_deliveries
from store.queries.inbox import LeaseLost, mark_notice_given, settle_answered
from store.queries.leases import (
    LeasedConversation,
    WaitingMessage,
    end_leases,
    lease_conversations,
    next_waiting_message,
    put_back,
)
from store.queries.receipts import code_was_taken

log = structlog.get_logger(__name__)

#: How long a lease holds: longer than a call to Rasa may take, short enough that people of a dead worker wait little.
LEASE_LASTS = timedelta(seconds=20)
#: A person who waits longer than this is told, once for all that they wrote meanwhile, that the answer is coming.
NOTICE_AFTER = timedelta(seconds=3)
#: However long a message has waited behind others, Rasa gets this long: a notice just before the answer is only noise.
NOTICE_AFTER_ASKING = timedelta(seconds=1)
#: Times that Rasa may be asked the same message in vain before the person gets an apology and the office to ask.
GIVE_UP_AFTER = 5
#: Tried again after this long, doubled with each failure.
FIRST_RETRY = timedelta(milliseconds=300)
LONGEST_RETRY = timedelta(seconds=5)
POLL_SECONDS = 1.0


class ConversationWorker:
    """One worker of a process. Any number may run on one database.

    Conversations come to it in two ways: with the call that stores a message in the inbox of the same process (`offer`,
    `take`), and by looking for those that wait, which finds what other processes stored and what was put back.

    Args:
        slots: conversations answered at the same time.
        shows_at_once: channels that show the ledger itself, so that queueing an answer is sending it.
        signal: told what was settled here, to spare whoever waits for it in this process a look into the ledger.
        capabilities: what each channel can show, by its name.
        public_address: where people reach the public pages; empty when nobody said.
        open_questions: keeps what was not answered well; None keeps nothing.
    """

    lease_lasts = LEASE_LASTS

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rasa: RasaPool,
        renderer: Renderer,
        *,
        slots: int = 16,
        shows_at_once: Collection[str] = LEDGER_CHANNELS,
        signal: SettledSignal | None = None,
        capabilities: Mapping[str, Capabilities] = CAPABILITIES,
        public_address: str = "",
        open_questions: OpenQuestions | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._renderer = renderer
        self._safeguards = Safeguards()
        self._slots = slots
        self._shows_at_once = frozenset(shows_at_once)
        self._signal = signal or SettledSignal()
        self._capabilities = capabilities
        self._public_address = public_address
        self._open_questions = open_questions
        self._name = f"worker-{uuid.uuid4().hex[:12]}"
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._kept_free = 0
        # Until the first look, and whenever more waited than there were slots, new messages take their turn.
        self._others_wait = True

    def wake(self, _payload: str = "") -> None:
        """Look for waiting conversations now."""
        self._woken.set()

    def offer(self) -> str | None:
        """Keep a slot for a message that is about to be stored, and name its lease; None when messages must queue."""
        if self._others_wait or len(self._running) + self._kept_free >= self._slots:
            self._others_wait = True
            return None
        self._kept_free += 1
        return self._lease()

    def take(self, lease: str, conversation: LeasedConversation | None) -> None:
        """Answer a conversation that was leased under an offer; with None the slot is free again."""
        self._kept_free -= 1
        if conversation is not None:
            self._start(conversation)
        elif self._others_wait:
            self.wake()

    def _lease(self) -> str:
        return f"{self._name}-{uuid.uuid4().hex[:8]}"

    async def run(self) -> None:
        """Answer until cancelled; conversations under way are then given back."""
        try:
            while True:
                self._woken.clear()
                try:
                    await self._start_waiting_conversations()
                except LOST_CONNECTION as error:
                    log.warning("worker_waits_for_database", error=str(error))
                    await asyncio.sleep(0.5)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
        finally:
            self._others_wait = True
            for task in self._running:
                task.cancel()
            await self._give_back()

    async def _give_back(self) -> None:
        """Let the leases of this worker end now, so that nobody waits for a process that stops."""
        await self.finished()
        try:
            async with self._database.single() as connection:
                await end_leases(connection, of=self._name, now=self._clock.now())
        except LOST_CONNECTION as error:
            log.warning("leases_run_out_by_themselves", error=str(error))

    async def answer_waiting(self) -> None:
        """Answer what waits now, as far as slots reach, and return when that is done."""
        await self._start_waiting_conversations()
        await self.finished()

    async def finished(self) -> None:
        """Return when no conversation is being answered."""
        while self._running:
            await asyncio.wait(self._running)

    async def _start_waiting_conversations(self) -> None:
        free = self._slots - len(self._running) - self._kept_free
        if free <= 0:
            return
        async with self._database.single() as connection:
            leased = await lease_conversations(
                connection, lease=self._lease(), limit=free, now=self._clock.now(), lasting=self.lease_lasts
            )
        self._others_wait = len(leased) >= free
        for conversation in leased:
            self._start(conversation)

    def _start(self, conversation: LeasedConversation) -> None:
        task = asyncio.create_task(self._answer_conversation(conversation))
        self._running.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        if self._others_wait:
            self.wake()
        self._running.discard(task)

    async def _answer_conversation(self, conversation: LeasedConversation) -> None:
        structlog.contextvars.bind_contextvars(conversation=conversation.id, channel=conversation.channel)
        try:
            message = conversation.first
            taken_over = conversation.taken_over
            while message is not None and await self._answer(conversation, message, taken_over=taken_over):
                async with self._database.single() as connection:
                    message = await next_waiting_message(
                        connection, conversation_id=conversation.id, lease=conversation.lease
                    )
                taken_over = False
        except LeaseLost:
            log.warning("lease_lost")
        except LOST_CONNECTION as error:
            # The lease runs out by itself; whoever takes over starts from what the database says.
            log.warning("conversation_waits_for_database", error=str(error))
        except Exception:
            log.exception("conversation_failed")

    async def _answer(self, conversation: LeasedConversation, message: WaitingMessage, *, taken_over: bool) -> bool:
        """Answer one message; return True when more wait."""
        structlog.contextvars.bind_contextvars(message=message.id)
        now = self._clock.now()
        silent = is_silent(conversation, message, now)
        retry = message.failed_attempts > 0 or taken_over
        question = await question_of(self._database, conversation, message, now=now, retry=retry)
        pressed = question.metadata["pressed"]
        said: Sequence[Mapping[str, Any]] = []
        try:
            noticed = await notice(self._database, conversation, message, silent=silent, now=now)
            if silent:
                return await self._settle(conversation, message, [], outcome="left_to_a_person")
            if noticed is not None and not has_words(message):
                again = await question_that_waits(self._database, conversation, now=now) if noticed else None
                return await self._settle(conversation, message, self._replies(noticed, conversation), again=again)
            said = self._safeguards.applied(
                await self._ask_and_tell_if_slow(conversation, message, question),
                conversation=conversation.id,
                message=message.id,
                text=message.text,
            )
            told = said if pressed else await with_ticket(self._database, conversation, message, said, now=now)
            replies = self._replies([*(noticed or ()), *told], conversation)
            if await comes_back(self._database, conversation, self._clock.now()):
                replies = [self._renderer.bot_back(conversation.language), *replies]
            more = await self._settle_with_free_codes(conversation, message, replies)
        except RasaUnavailable:
            await self._put_back(conversation, message, reached_rasa=False, maybe_asked_before=retry)
            return False
        except LeaseLost:
            raise
        except LOST_CONNECTION:
            raise
        except Exception as error:
            # RasaFailed, or a fault of ours in rendering or writing: the person must not wait for ever for either.
            log.warning(
                "answering_failed",
                reason=str(error),
                failed_attempts=message.failed_attempts + 1,
                exc_info=not isinstance(error, RasaFailed),
            )
            if message.failed_attempts + 1 < GIVE_UP_AFTER:
                await self._put_back(conversation, message, reached_rasa=True)
                return False
            more = await self._settle(
                conversation, message, [self._renderer.apology(conversation.language)], outcome="given_up"
            )
        typed_by_a_person = conversation.channel != TERMINAL and not message.wishes.get("staff_test")
        if self._open_questions and typed_by_a_person and not pressed:
            await self._open_questions.note(message.text, said, language=conversation.language)
        return more

    def _replies(self, said: Sequence[Mapping[str, Any]], conversation: LeasedConversation) -> list[OutgoingMessage]:
        if not said:
            return []
        return self._renderer.replies(said, conversation.language, introduce=not conversation.introduced)

    async def _settle_with_free_codes(
        self, conversation: LeasedConversation, message: WaitingMessage, replies: Sequence[OutgoingMessage]
    ) -> bool:
        try:
            return await self._settle(conversation, message, replies)
        except IntegrityError as error:
            if not code_was_taken(error):
                raise
            # One code in hundreds of millions was drawn twice, and nothing was written: other codes are drawn.
            return await self._settle(conversation, message, replies)

    def _fitted(self, reply: OutgoingMessage, conversation: LeasedConversation) -> OutgoingMessage:
        capabilities = self._capabilities.get(conversation.channel, LEAST)
        catalogue = catalogue_for(reply.language or conversation.language)
        return fitted(reply, capabilities, catalogue, address=self._public_address)

    async def _ask_and_tell_if_slow(
        self, conversation: LeasedConversation, message: WaitingMessage, question: Question
    ) -> list[dict[str, Any]]:
        asking = asyncio.create_task(
            self._rasa.ask(f"conversation-{conversation.id}", question.text, question.metadata)
        )
        waited = self._clock.now() - message.received_at
        patience = max(NOTICE_AFTER - waited, NOTICE_AFTER_ASKING).total_seconds()
        try:
            done, _ = await asyncio.wait({asking}, timeout=patience)
            if not done:
                await self._give_notice(conversation, message, self._danger(message))
            return await asking
        finally:
            asking.cancel()

    @staticmethod
    def _danger(message: WaitingMessage) -> Danger | None:
        return danger_told(message.text) if message.payload is None else None

    async def _give_notice(
        self, conversation: LeasedConversation, message: WaitingMessage, danger: Danger | None
    ) -> None:
        """Say once that the answer is coming; to a person in danger, where help is."""
        language = conversation.language
        notice = self._renderer.help_in_danger(danger, language) if danger else self._renderer.please_wait(language)
        async with self._database.transaction() as connection:
            if await mark_notice_given(
                connection,
                conversation_id=conversation.id,
                incoming_id=message.id,
                lease=conversation.lease,
                urgent=danger is not None,
            ):
                await queue_deliveries(
                    connection,
                    [self._fitted(notice, conversation).to_json()],
                    conversation_id=conversation.id,
                    incoming_id=message.id,
                    channel=conversation.channel,
                    address=conversation.address,
                    kind=DeliveryKind.NOTICE,
                    priority=Priority.REPLY,
                    now=self._clock.now(),
                    shows_at_once=conversation.channel in self._shows_at_once,
                )

    async def _put_back(
        self,
        conversation: LeasedConversation,
        message: WaitingMessage,
        *,
        reached_rasa: bool,
        maybe_asked_before: bool = False,
    ) -> None:
        now = self._clock.now()
        danger = self._danger(message)
        if danger or now - message.received_at >= NOTICE_AFTER:
            # Help does not wait for Rasa. The answer still comes: it tells an officer, and may say more.
            await self._give_notice(conversation, message, danger)
        delay = min(FIRST_RETRY * 2 ** min(message.failed_attempts, 6), LONGEST_RETRY)
        async with self._database.transaction() as connection:
            await put_back(
                connection,
                conversation_id=conversation.id,
                incoming_id=message.id,
                lease=conversation.lease,
                not_before=now + delay,
                reached_rasa=reached_rasa,
                maybe_asked_before=maybe_asked_before,
            )

    async def _settle(
        self,
        conversation: LeasedConversation,
        message: WaitingMessage,
        replies: Sequence[OutgoingMessage],
        outcome: str = "answered",
        again: Mapping[str, Any] | None = None,
    ) -> bool:
        """Queue `replies` as the answer; then, as it was shown before, the question `again` that a form waits with."""
        now = self._clock.now()
        coded = with_codes(replies)
        if again is not None:
            # Choices stand under one message only: the question that is to be answered.
            coded = [reply.model_copy(update={"buttons": ()}) for reply in coded]
        messages = [self._fitted(reply, conversation).to_json() for reply in coded] + ([dict(again)] if again else [])
        async with self._database.single() as connection:
            settled = await settle_answered(
                connection,
                messages,
                self._renderer.receipts(coded, now),
                conversation_id=conversation.id,
                incoming_id=message.id,
                lease=conversation.lease,
                shows_at_once=conversation.channel in self._shows_at_once,
                now=now,
                lasting=self.lease_lasts,
                origin=self._signal.origin,
                spoken_to=speaks_to_the_bot(message),
            )
        MESSAGES_ANSWERED.labels(conversation.channel, outcome).inc()
        ANSWER_SECONDS.labels(conversation.channel).observe((now - message.received_at).total_seconds())
        log.info("message_answered", outcome=outcome, replies=len(replies), waiting=settled.waiting)
        if messages and len(settled.shown) == len(messages):
            shown = [{**one, "id": number} for one, number in zip(messages, settled.shown, strict=True)]
            self._signal.shown(conversation.id, message.id, shown)
        else:
            self._signal.settled(conversation.id)
        return settled.waiting > 0
