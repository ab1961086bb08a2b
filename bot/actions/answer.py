"""Answers from the policy statements, and what is said when there is none."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.did_you_mean import DidYouMean
from bot.actions.giving.account_check import AccountCheck
from bot.actions.place import named_place, office_asked_for, remember, with_office
from bot.actions.subject import (
    Subject,
    answer_data,
    going_on_from,
    has_own,
    leaning_on,
    subject_before,
    subject_said,
)
from bot.actions.understanding import FOLLOW_UP, NOT_FROM_STATEMENTS, Understanding, understanding_of, words_of
from content.library import Library
from content.topics import LOAN_PROGRAMMES, Topic

#: Questions of one message that are answered; more are named, to be chosen.
MOST_ANSWERED = 3

#: From this confidence on a topic that is named while something else is going on was meant.
CLEARLY_NAMED = 0.8

_ANSWERABLE = frozenset(topic.value for topic in Topic if topic not in NOT_FROM_STATEMENTS)
#: Topics in which a number may be an account that somebody was told to pay to.
_ABOUT_GIVING = frozenset(
    {
        Topic.FUND_FOR_THE_POOR.value,
        Topic.DONATE_OR_PLEDGE.value,
        Topic.DONATION_RECEIPT_TRANSPARENCY.value,
        Topic.COMPLAINT_OR_FEEDBACK.value,
    }
)
_TO_A_PERSON = frozenset({Topic.CONTACT_OFFICE.value, "ask_person"})


def resolve(
    before: Subject | None, intent: str, entities: Mapping[str, str], *, pressed: bool, library: Library, on: date
) -> Subject | None:
    """Return what a question is about, or None when that cannot be told.

    Args:
        before: what was talked about.
        intent: a topic, or `follow_up` for a question that names none.
        pressed: a button said it; it means exactly what it says.
    """
    if intent == FOLLOW_UP:
        if before is None or not _may_lean_on(before, entities, library, on):
            return None
        return leaning_on(before, entities)
    if intent not in _ANSWERABLE:
        return None
    said = subject_said(Topic(intent), entities)
    return said if pressed else going_on_from(before, said, opener=FOLLOW_UP in entities, library=library, on=on)


def _may_lean_on(before: Subject, entities: Mapping[str, str], library: Library, on: date) -> bool:
    """Return whether what a message names belongs to the topic before: a loan only to loans ("vay hộ nghèo?")."""
    programme = entities.get("programme")
    if programme is None or "household_group" in entities:
        return True
    if programme in LOAN_PROGRAMMES:
        return before.topic is Topic.CREDIT_LOAN
    return has_own(library, before, programme, on)


def do_not_know_data(understood: Understanding, did_you_mean: DidYouMean, text: str) -> dict[str, Any]:
    """Return message data for a message that has no answer: outside, perhaps this or that topic, or not understood.

    `text`: the person's words, by which statements are looked for; empty where none should be.
    """
    if understood.intent in _TO_A_PERSON:
        return {**understood.base("contact_person"), "topic": Topic.CONTACT_OFFICE.value}
    if understood.intent == Topic.OUT_OF_SCOPE:
        near = did_you_mean.near_misses(understood, text)
        key = "out_of_scope_near" if near else "out_of_scope"
        return {**understood.base(key), "topic": Topic.OUT_OF_SCOPE.value, "offers": near}
    if offers := did_you_mean.offers(understood, text):
        return {**understood.base("did_you_mean"), "offers": offers}
    return understood.base("do_not_know")


class AnswerAction(Action):
    """Answers a question about a topic, or one that leans on the question before."""

    def __init__(self, library: Library, did_you_mean: DidYouMean, accounts: AccountCheck) -> None:
        self._library = library
        self._did_you_mean = did_you_mean
        self._accounts = accounts

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Say the answer and remember what it was about for questions that lean on it."""
        understood = understanding_of(tracker)
        if understood.alone[0] in _ABOUT_GIVING:
            judged = await self._accounts.reply(tracker, understood, asked=False)
            if judged is not None:
                dispatcher.utter_message(json_message=judged[0])
                return judged[1]
        before = subject_before(tracker)
        on = date.fromisoformat(understood.on)
        subject = self._resolve(before, understood, on)
        if subject is None and understood.intent == FOLLOW_UP:
            # Nothing to lean on: the message means what it would mean on its own.
            intent, confidence = understood.alone
            understood = replace(understood, intent=intent, confidence=confidence)
            subject = self._resolve(before, understood, on)
        if subject is None and understood.intent == Topic.CONTACT_OFFICE:
            office, events = office_asked_for(tracker, understood)
            dispatcher.utter_message(json_message=office)
            return events
        if subject is None:
            data = do_not_know_data(understood, self._did_you_mean, words_of(tracker, understood))
            dispatcher.utter_message(json_message=data)
            return []
        data = answer_data(
            understood.base("answer"), subject, self._library, today=date.fromisoformat(understood.today)
        )
        if data["key"] == "answer" and understood.intent == FOLLOW_UP and "validity" in understood.entities:
            data["key"] = "in_force"
        messages, events = with_office(tracker, understood, data)
        for message in messages:
            dispatcher.utter_message(json_message=message)
        return [subject.remembered(), *events]

    def _resolve(self, before: Subject | None, understood: Understanding, on: date) -> Subject | None:
        entities = understood.entities
        if understood.intent == FOLLOW_UP and "validity" in entities:
            # "Từ khi nào?" asks about the rule just told; read as an aspect it would ask for a deadline.
            entities = {name: value for name, value in entities.items() if name != "aspect"}
        return resolve(before, understood.intent, entities, pressed=understood.pressed, library=self._library, on=on)


class AnswerEachAction(Action):
    """Answers the questions of one message one after the other."""

    def __init__(self, library: Library, did_you_mean: DidYouMean) -> None:
        self._library = library
        self._did_you_mean = did_you_mean

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_answer_each"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Answer the first questions in order; name the others."""
        understood = understanding_of(tracker)
        before = subject_before(tracker)
        on, today = date.fromisoformat(understood.on), date.fromisoformat(understood.today)
        answers: list[tuple[dict[str, Any], Subject | None]] = []
        for part in understood.parts:
            one = replace(understood, intent=part.intent, confidence=part.confidence, entities=dict(part.entities))
            subject = resolve(before, part.intent, part.entities, pressed=False, library=self._library, on=on)
            if subject is None and part.intent == Topic.CONTACT_OFFICE:
                answers.append((office_asked_for(tracker, one)[0], None))
                continue
            if subject is None:
                unknown = do_not_know_data(replace(one, ranking=()), self._did_you_mean, text="")
                answers.append((unknown, None))
                continue
            answers.append((answer_data(one.base("answer"), subject, self._library, today=today), subject))
            before = subject
        answered = answers[:MOST_ANSWERED]
        for number, (data, _) in enumerate(answered, 1):
            dispatcher.utter_message(json_message={**data, "number": number, "of": len(answers)})
        more = [subject for _, subject in answers[MOST_ANSWERED:] if subject is not None]
        if more:
            asked = [{"topic": subject.topic.value, **subject.selectors()} for subject in more]
            dispatcher.utter_message(json_message={**understood.base("more_questions"), "asked": asked})
        last = [subject for _, subject in answered if subject is not None]
        # A place named in passing is remembered; its office is told only to whoever asks one thing.
        events = remember(named_place(tracker, understood))
        return [*([last[-1].remembered()] if last else []), *events]


class DoNotKnowAction(Action):
    """Says that the question was not understood or is outside what this bot is for; offers what may have been meant."""

    def __init__(self, did_you_mean: DidYouMean, accounts: AccountCheck) -> None:
        self._did_you_mean = did_you_mean
        self._accounts = accounts

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_do_not_know"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Say so; a number that can only be an account is looked up."""
        understood = understanding_of(tracker)
        judged = await self._accounts.reply(tracker, understood, asked=False)
        if judged is not None:
            dispatcher.utter_message(json_message=judged[0])
            return judged[1]
        data = do_not_know_data(understood, self._did_you_mean, words_of(tracker, understood))
        dispatcher.utter_message(json_message=data)
        return []
