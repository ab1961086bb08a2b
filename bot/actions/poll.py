"""Answers to a campaign's poll, given by button or by the number of one."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.understanding import understanding_of
from content.campaigns import CampaignContent
from store.clock import Clock, local_date
from store.database import Database
from store.queries.polls import poll_of, store_answer


class PollAnswerAction(Action):
    """Stores one answer and asks the next question of the poll."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_poll_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Store, and ask on; a poll that is over says so."""
        understood = understanding_of(tracker)
        code, question, option = understood.entities["answer"].split("-")
        number, chosen = int(question), int(option)
        async with self._database.transaction() as connection:
            poll = await poll_of(connection, code, conversation_id=understood.conversation)
            content = None if poll is None else CampaignContent.model_validate(poll.content)
            if poll is None or content is None or not self._takes(poll.state, content, number, chosen):
                dispatcher.utter_message(json_message=understood.base("poll_over"))
                return []
            await store_answer(
                connection,
                campaign_id=poll.campaign_id,
                conversation_id=understood.conversation,
                question=number,
                option=chosen,
                now=self._clock.now(),
            )
        if number == len(content.poll):
            dispatcher.utter_message(json_message=understood.base("poll_thanks"))
            return []
        following = content.poll[number]
        dispatcher.utter_message(
            json_message={
                **understood.base("poll_next"),
                "code": code,
                "number": number + 1,
                "of": len(content.poll),
                "question": dict(following.words),
                "options": [dict(one) for one in following.options],
            }
        )
        return []

    def _takes(self, state: str, content: CampaignContent, question: int, option: int) -> bool:
        if state in ("cancelled", "closed") or not 1 <= question <= len(content.poll):
            return False
        over = content.use_until is not None and local_date(self._clock.now()) > content.use_until
        return not over and 1 <= option <= len(content.poll[question - 1].options)
