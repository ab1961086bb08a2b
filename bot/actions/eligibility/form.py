"""The actions of the guided check's form: read a reply, ask the next question, show the result."""

from dataclasses import replace
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.actions.eligibility.replies import (
    NotUnderstood,
    Said,
    chosen,
    heads_in,
    income_between,
    income_of_household,
    people_in,
    read,
    said_in,
)
from bot.actions.eligibility.state import HEADS, PEOPLE, Check, HouseholdError
from bot.actions.safety import goes_before_forms
from bot.actions.side_question import answer_side_question
from bot.actions.understanding import Understanding, understanding_of
from bot.actions.waiting_form import another_action_answered
from content.library import Library
from content.topics import Topic
from content.translations import catalogue_for
from store.clock import Clock
from store.database import Database
from store.queries.kept_answers import forget_answers, keep_answers, kept_answers

SLOT = "check"
FILLED = "check_reply"
START = "check_eligibility"
REPLY = "inform"

#: Replies to one question that are not understood before it is explained and a person is offered.
TRIES = 3


def check_of(tracker: Tracker) -> Check | None:
    """Return the check of this conversation, None where there is none."""
    return Check.from_slot(tracker.get_slot(SLOT))


def said_by(tracker: Tracker, understood: Understanding) -> Said:
    """Return what the latest message says to the check."""
    message = tracker.latest_message
    return said_in(str(message.get("text") or ""), message.get("entities") or (), pressed=understood.pressed)


def message(understood: Understanding, key: str, check: Check, **data: Any) -> dict[str, Any]:
    """Return message data of the check: the key, and the answers that the words are made from."""
    return {**understood.base(key), "topic": Topic.BENEFITS_OVERVIEW.value, "check": check.as_slot(), **data}


class ReadReply(Action):
    """Validates the form: takes a reply in, answers a side question, or gives way to another button."""

    def __init__(self, library: Library, database: Database) -> None:
        self._library = library
        self._database = database

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "validate_eligibility_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Change the check; end the form when it is stopped or complete."""
        if another_action_answered(tracker):
            return []
        understood = understanding_of(tracker)
        on = date.fromisoformat(understood.on)
        check = check_of(tracker)
        said = said_by(tracker, understood)
        if understood.intent == START or check is None or check.asking is None:
            return await self._begin(dispatcher, understood, None if said.pressed == "restart" else check, said, on)
        if understood.pressed and (understood.intent != REPLY or said.pressed is None):
            # Another button (a topic, the menu, "forget"): its own rule answers. The check waits where it is.
            raise ActionExecutionRejection(self.name(), "the button is for somebody else")
        if goes_before_forms(understood):
            raise ActionExecutionRejection(self.name(), "a person in danger is not asked the next question")
        if said.command is not None and not (said.command in ("do_not_know", "skip") and said.amounts):
            return self._obey(dispatcher, understood, check, said.command, on)
        # "Vay vốn hộ nghèo lãi bao nhiêu?" names a group, and yet it is no reply but a question.
        asks = "aspect" in understood.entities or "?" in said.text
        if asks and not said.has_number and answer_side_question(dispatcher, understood, self._library):
            return _keep(replace(check, problem=None))
        try:
            return _go_on(_taken_in(check, said, on), on)
        except NotUnderstood as error:
            problem = error.problem
        except HouseholdError:
            problem = "contradiction"
        if answer_side_question(dispatcher, understood, self._library):
            return _keep(replace(check, problem=None))
        return _keep(replace(check, tries=check.tries + 1, problem=problem))

    async def _begin(
        self,
        dispatcher: CollectingDispatcher,
        understood: Understanding,
        check: Check | None,
        said: Said,
        on: date,
    ) -> list[EventType]:
        key = "check_resumed"
        if check is None and said.pressed != "restart":
            async with self._database.single() as connection:
                kept = await kept_answers(connection, conversation_id=understood.conversation)
            check, key = Check.from_slot(kept), "check_from_kept"
        if check is None or not check.answers:
            check, key = Check(), "check_intro"
        dispatcher.utter_message(json_message=message(understood, key, check))
        return _go_on(check.gone_on(), on)

    def _obey(
        self, dispatcher: CollectingDispatcher, understood: Understanding, check: Check, command: str, on: date
    ) -> list[EventType]:
        assert check.asking is not None
        if command in ("do_not_know", "skip"):
            if check.asking[0] == HEADS:
                return _go_on(replace(check, income=None).answered("income_per_person", None, {}), on)
            return _go_on(check.answered(*check.asking, {}), on)
        if command in ("stop", "result"):
            return _end(replace(check, phase="stopped" if command == "stop" else "done"))
        if command == "undo":
            return _go_on(check.without_last(), on)
        if command == "restart":
            return _go_on(Check(), on)
        if command == "forget":
            return [SlotSet(SLOT, None), SlotSet(FILLED, "forgotten")]
        if command == "why":
            return _keep(replace(check, problem="why"))
        return _keep(replace(check, problem=None))


def _taken_in(check: Check, said: Said, on: date) -> Check:
    """Return the check with a reply taken in. Raises NotUnderstood or HouseholdError."""
    assert check.asking is not None
    fact, member = check.asking
    if said.pressed is not None:
        picked = chosen(said.pressed)
        if picked is None:
            raise NotUnderstood
        fact, member = picked[0], picked[1]
    if fact == PEOPLE:
        people = people_in(said)
        if people is None:
            raise NotUnderstood("choose_some")
        return replace(check.without_people(), people=people).answered(PEOPLE, None, {"who": list(people)})
    if fact == HEADS:
        heads = heads_in(said)
        if heads is None or check.income is None:
            raise NotUnderstood("how_many_people")
        low, high = (income // heads for income in check.income)
        return check.answered("income_per_person", None, income_between(low, high))
    question = check.question(fact, member, on)
    if question is None:
        raise NotUnderstood
    if said.pressed is not None:
        picked = chosen(said.pressed)
        assert picked is not None
        number = int(picked[2]) if picked[2].isdecimal() else -1
        if not 0 <= number < len(question.options):
            raise NotUnderstood
        return check.answered(fact, member, question.options[number].sets)
    if fact == "income_per_person" and (income := income_of_household(said)) is not None:
        return replace(check, income=income, tries=0, problem=None)
    try:
        return check.answered(fact, member, read(said, question, on))
    except NotUnderstood:
        corrected = _corrected(check, said, on) if said.corrects else None
        if corrected is None:
            raise
        return corrected


def _corrected(check: Check, said: Said, on: date) -> Check | None:
    """Take a reply that is none to this question as a correction of an earlier answer: "không, 2 triệu cơ"."""
    for answer in reversed(check.answers):
        if answer.fact == PEOPLE:
            continue
        question = check.question(answer.fact, answer.member, on)
        if question is None:
            continue
        try:
            sets = read(said, question, on)
        except NotUnderstood:
            continue
        if sets != answer.sets:
            return replace(check.answered(answer.fact, answer.member, sets), problem="corrected")
    return None


def _go_on(check: Check, on: date) -> list[EventType]:
    """Keep the check with its next question, or end the form when there is none."""
    asking = check.next_question(on)
    if asking is None:
        return _end(replace(check, asking=None, phase="done"))
    return _keep(replace(check, asking=asking))


def _keep(check: Check) -> list[EventType]:
    return [SlotSet(SLOT, check.as_slot()), SlotSet(FILLED, None)]


def _end(check: Check) -> list[EventType]:
    return [SlotSet(SLOT, check.as_slot()), SlotSet(FILLED, check.phase)]


class AskNextQuestion(Action):
    """Asks the question that the check waits for; after three tries explains it and offers a person."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_ask_eligibility_form_check_reply"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Ask, unless something else was answered and the check only waits on."""
        if another_action_answered(tracker):
            return []
        understood = understanding_of(tracker)
        check = check_of(tracker) or Check()
        key = "check_stuck" if check.tries >= TRIES else "check_question"
        dispatcher.utter_message(json_message=message(understood, key, check))
        return []


class ShowResult(Action):
    """Shows the result, one programme of it, or what became of the answers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_eligibility_result"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Show."""
        understood = understanding_of(tracker)
        pressed = said_by(tracker, understood).pressed or ""
        check = check_of(tracker)
        if pressed == "forget":
            async with self._database.single() as connection:
                await forget_answers(connection, conversation_id=understood.conversation)
            dispatcher.utter_message(json_message=message(understood, "check_forgotten", Check()))
            return [SlotSet(SLOT, None), SlotSet(FILLED, None)]
        if check is None:
            dispatcher.utter_message(json_message=message(understood, "check_none", Check()))
            return [SlotSet(FILLED, None)]
        if pressed.startswith("programme."):
            programme = pressed.removeprefix("programme.")
            dispatcher.utter_message(json_message=message(understood, "check_programme", check, programme=programme))
            return []
        if pressed in ("keep", "keep_agreed"):
            return await self._keep(dispatcher, understood, check, agreed=pressed == "keep_agreed")
        key = "check_stopped" if check.phase == "stopped" else "check_result"
        key = "check_slip" if pressed == "slip" else key
        dispatcher.utter_message(json_message=message(understood, key, check))
        return [SlotSet(FILLED, None)]

    async def _keep(
        self, dispatcher: CollectingDispatcher, understood: Understanding, check: Check, *, agreed: bool
    ) -> list[EventType]:
        """Ask whether the answers may be kept; keep them only after a yes, with the very words that were shown."""
        if not agreed:
            dispatcher.utter_message(json_message=message(understood, "check_keep", check))
            return []
        check = replace(check, kept=True)
        async with self._database.single() as connection:
            await keep_answers(
                connection,
                conversation_id=understood.conversation,
                answers=check.as_slot(),
                consent_text=catalogue_for(understood.language).text("check.keep"),
                now=self._clock.now(),
            )
        dispatcher.utter_message(json_message=message(understood, "check_kept", check))
        return [SlotSet(SLOT, check.as_slot())]
