"""The Rasa project agrees with the rooms that it talks to."""

from collections import Counter

import yaml

from bot.actions.conversation import UNREGISTERED
from bot.actions.eligibility.replies import COMMANDS
from bot.actions.executor import action_executor
from bot.payloads import (
    CONTROL_INTENTS,
    COURSE_BUTTON_INTENTS,
    COURSE_INTENTS,
    GIVING_BUTTON_INTENTS,
    GIVING_INTENTS,
    PRESSED_ONLY,
    SAFETY_INTENTS,
)
from content.library import load_library
from content.place_pages import NOT_A_PLACE
from content.place_units import load_places
from content.topics import MATTERS_OF_THEIR_OWN, Area, Aspect, Group, Topic
from content.trades import gazetteer_text, load_trades
from content.translations import LANGUAGES
from server.settings import PROJECT
from store.clock import SetClock
from store.database import Database

NLU = PROJECT / "nlu"
DOMAIN = yaml.safe_load((NLU / "domain.yml").read_text(encoding="utf-8"))

#: Intents that nlu/components/question_gatherer.py gives; no example teaches them.
GATHERED = {"follow_up", "several_questions"}

#: Intents that only buttons and typed codes say.
BUTTONS = COURSE_BUTTON_INTENTS | GIVING_BUTTON_INTENTS | PRESSED_ONLY


def examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted((NLU / "data" / "nlu").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            lines = [line.removeprefix("- ").strip() for line in entry["examples"].splitlines() if line.strip()]
            found.setdefault(entry["intent"], []).extend(lines)
    return found


def test_intents_are_the_topics_and_what_people_say_to_the_bot() -> None:
    said = CONTROL_INTENTS | COURSE_INTENTS | COURSE_BUTTON_INTENTS | {"bot_challenge", "wrong_answer"}
    said |= GIVING_INTENTS.keys() | GIVING_BUTTON_INTENTS
    assert set(DOMAIN["intents"]) == {topic.value for topic in Topic} | said | SAFETY_INTENTS | PRESSED_ONLY | GATHERED


def test_every_intent_has_examples_and_a_rule() -> None:
    taught = examples()
    files = sorted((NLU / "data").glob("rules*.yml"))
    rules = [rule for file in files for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]]
    ruled = {rule["steps"][0]["intent"] for rule in rules if "intent" in rule["steps"][0]}
    assert set(taught) == set(DOMAIN["intents"]) - BUTTONS - GATHERED
    assert ruled == set(DOMAIN["intents"]) | {"nlu_fallback"}
    few = {intent: len(lines) for intent, lines in taught.items() if len(lines) < 10}
    assert not few


def test_an_example_teaches_one_intent_only() -> None:
    intents_of: dict[str, set[str]] = {}
    for intent, lines in examples().items():
        for line in lines:
            intents_of.setdefault(line.lower(), set()).add(intent)
    assert not {line: intents for line, intents in intents_of.items() if len(intents) > 1}


def test_no_example_stands_twice() -> None:
    counted = Counter(line for lines in examples().values() for line in lines)
    assert not [line for line, number in counted.items() if number > 1]


async def test_every_action_of_the_domain_can_be_run_here(database: Database) -> None:
    executor = action_executor(load_library(), database, SetClock())
    assert set(executor.actions) == set(DOMAIN["actions"])


def test_gazetteers_name_only_values_that_content_knows() -> None:
    allowed = {
        "aspect": {aspect.value for aspect in Aspect},
        "household_group": {group.value for group in Group},
        "programme": {group.value for group in Group},
        "matter": {matter.value for matter in MATTERS_OF_THEIR_OWN},
        "area": {area.value for area in Area},
        "follow_up": {"same_topic"},
        "check_reply": COMMANDS | {"yes", "no"},
        "place": {place.name for place in load_places().by_id.values()} | {NOT_A_PLACE},
        "language": {*LANGUAGES, *UNREGISTERED},
        "trade": set(load_trades()),
        "validity": {"in_force"},
        "not_held": {"sanction"},
    }
    for file in (NLU / "gazetteers").glob("*.yml"):
        values = set(yaml.safe_load(file.read_text(encoding="utf-8")))
        assert values <= allowed[file.stem], file.name


def test_the_words_for_trades_are_those_of_content() -> None:
    assert (NLU / "gazetteers" / "trade.yml").read_text(encoding="utf-8") == gazetteer_text()


def test_one_question_of_several_may_be_of_any_topic() -> None:
    topics = set(yaml.safe_load((NLU / "components" / "topics.yml").read_text(encoding="utf-8")))
    assert topics == set(Topic) - {Topic.CHITCHAT}
