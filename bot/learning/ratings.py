"""Whether answers helped: thumbs under them, words, and reactions of the messengers. One rule for all of them."""

from datetime import date

from bot.channels.reactions import meaning_of
from bot.learning.open_questions import Kept, OpenQuestions, Reason
from store.clock import Clock, local_date
from store.database import Database
from store.queries.people import conversation_at
from store.queries.ratings import RatedAnswer, rate_answer
from store.queries.reactions import Reacted, answer_sent_as, keep_reaction


class Ratings:
    """Counts ratings by statement; keeps the redacted question of an answer that was found wrong."""

    def __init__(self, database: Database, clock: Clock, open_questions: OpenQuestions) -> None:
        self._database = database
        self._clock = clock
        self._open_questions = open_questions

    async def rate(
        self, conversation: int, value: str, *, code: str | None = None, just_said: bool = False
    ) -> RatedAnswer | None:
        """Rate the answer with a receipt code, or the last one, `up` or `down`; None where there is none.

        `just_said`: only what the bot said last, so that words after small talk blame no older answer.
        """
        async with self._database.single() as connection:
            rated = await rate_answer(
                connection,
                conversation_id=conversation,
                code=code,
                value=value,
                today=self._today(),
                just_said=just_said,
            )
        await self._keep_question(rated, value)
        return rated

    async def react(self, reacted: Reacted, *, channel: str, address: str) -> str:
        """Take what now stands under a message in a chat: kept, and under an answer counted as its rating.

        Returns what it was: `rated`, `reaction` (kept without consequence), or `reaction_again` (already known, or
        older than what is).
        """
        value = meaning_of(channel, reacted.icons)
        async with self._database.transaction() as connection:
            conversation = await conversation_at(connection, channel=channel, address=address)
            if conversation is None:
                return "reaction"
            if not await keep_reaction(connection, reacted, conversation_id=conversation, now=self._clock.now()):
                return "reaction_again"
            answer = await answer_sent_as(connection, conversation_id=conversation, message_id=reacted.message_id)
            if answer is None:
                return "reaction"
            rated = await rate_answer(
                connection,
                conversation_id=conversation,
                delivery_id=answer,
                value=value,
                today=self._today(),
                by="reaction",
            )
        await self._keep_question(rated, value)
        return "rated" if rated is not None and rated.changed else "reaction"

    def _today(self) -> date:
        return local_date(self._clock.now())

    async def _keep_question(self, rated: RatedAnswer | None, value: str | None) -> None:
        if rated is not None and rated.counted and value == "down" and rated.words:
            kept = Kept(Reason.THUMBS_DOWN, rated.topic, rated.confidence)
            await self._open_questions.keep(rated.words, kept, language=rated.language, statement=rated.statement)
