"""What is being talked about: a topic, and whom, which loan, which side of it; kept from question to question."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from content.library import Library
from content.topics import LOAN_PROGRAMMES, MATTERS_OF_THEIR_OWN, Group, Topic

#: The slot of nlu/domain.yml that holds a subject from one message to the next.
SLOT = "context"


@dataclass(frozen=True)
class Subject:
    """The subject of one question. Fields but `topic` are values of content/topics.py, or None for "not said".

    `kept_group` is True when the group comes from an earlier question about another topic: the answer says so.
    """

    topic: Topic
    aspect: str | None = None
    household_group: str | None = None
    programme: str | None = None
    area: str | None = None
    kept_group: bool = False

    def selectors(self) -> dict[str, str | None]:
        """Return what chooses a statement, by the names of the entities."""
        return {
            "aspect": self.aspect,
            "household_group": self.household_group,
            "programme": self.programme,
            "area": self.area,
        }

    def remembered(self) -> EventType:
        """Return the event that keeps this subject for the next question."""
        said = {name: value for name, value in asdict(self).items() if value and name != "kept_group"}
        return SlotSet(SLOT, said)


def subject_before(tracker: Tracker) -> Subject | None:
    """Return what was talked about last, or None at the beginning and after a pause."""
    kept = tracker.get_slot(SLOT)
    if not isinstance(kept, Mapping) or kept.get("topic") not in set(Topic):
        return None
    return Subject(**{**kept, "topic": Topic(kept["topic"])})


def subject_said(topic: Topic, entities: Mapping[str, str]) -> Subject:
    """Return the subject that a message names itself. A matter of its own stands where a loan programme would."""
    matter = entities.get("matter")
    is_written_about = matter is not None and topic in MATTERS_OF_THEIR_OWN.get(Group(matter), ())
    return Subject(
        topic,
        # "Mức phạt bao nhiêu?" asks for no amount that is told here.
        aspect=None if "not_held" in entities else entities.get("aspect"),
        household_group=entities.get("household_group"),
        programme=matter if is_written_about else entities.get("programme"),
        area=entities.get("area"),
    )


def leaning_on(before: Subject, entities: Mapping[str, str]) -> Subject:
    """Return the subject of a question that names no topic: what it says replaces what was said before."""
    said = subject_said(before.topic, entities)
    programme = said.programme
    if programme is None and said.household_group is None:
        programme = before.programme
    elif programme is None and said.household_group not in LOAN_PROGRAMMES:
        # "Thế còn người cao tuổi?" after a loan for clean water is still about that loan.
        programme = before.programme
    return Subject(
        before.topic,
        aspect=said.aspect or before.aspect,
        household_group=said.household_group or before.household_group,
        programme=programme,
        area=said.area or before.area,
    )


def going_on_from(before: Subject | None, said: Subject, *, opener: bool, library: Library, on: date) -> Subject:
    """Return the subject of a question that names its topic, in a conversation that was about `before`.

    The group stays the same person's: it is kept where the new topic has something of its own for that group. The
    aspect is kept only by a question that begins with "thế còn" and asks for none.
    """
    if before is None:
        return said
    subject = said
    if said.household_group is None and said.programme is None:
        if before.topic is said.topic:
            # Who asks about deposits and then about the amounts of the same topic has left the deposits.
            programme = None if before.programme in MATTERS_OF_THEIR_OWN else before.programme
            subject = replace(subject, household_group=before.household_group, programme=programme)
        elif before.household_group is not None and has_own(library, said, before.household_group, on):
            subject = replace(subject, household_group=before.household_group, kept_group=True)
    if said.aspect is None and opener:
        subject = replace(subject, aspect=before.aspect)
    return subject


def has_own(library: Library, said: Subject, group: str, on: date) -> bool:
    """Return whether something is written for a group, or programme, under a subject's topic."""
    answer = library.answer(said.topic, aspect=said.aspect, group=group, on=on)
    return answer is not None and answer.group_answered


def answer_data(base: Mapping[str, Any], subject: Subject, library: Library, *, today: date) -> dict[str, Any]:
    """Return message data for an answer about `subject`, or for "no valid source" where there is none that day."""
    on = date.fromisoformat(base["on"])
    answer = library.answer(
        subject.topic,
        aspect=subject.aspect,
        group=subject.household_group,
        programme=subject.programme,
        area=subject.area,
        on=on,
        today=today,
    )
    data = {
        **base,
        "key": "answer" if answer else "no_source",
        "topic": subject.topic.value,
        **subject.selectors(),
    }
    if subject.kept_group and answer is not None and answer.group_answered:
        data["kept_group"] = True
    return data
