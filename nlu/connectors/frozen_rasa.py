"""Hot spots of Rasa 3.6.21, replaced by code that gives the same results. Importing this module does it.

Rasa 3.6 is frozen, so what is replaced here cannot change under us; the tests of a whole conversation run on it. Shares
are of the time that a Rasa process spends on a message, from a sampling profiler with 8 people talking:

- `RemoteAction._validate_action_result` called `jsonschema.validate`, which first validates the *schema*, each time
  again: 75 %.
- `DaskGraphRunner.run` sorts and schedules the same handful of nodes anew for each parse and each prediction, and
  formats the whole tracker for a debug line that nobody reads: 11 %.
- `EndpointConfig.session` opens a new HTTP session, and so a new connection, for each action: 7 %.

And of what was left of it then:

- `RulePolicy` looks twice for a rule, the first time among rules about the words of a message. We have none: 8 %.
- Events and states are copied deeply for debug lines that nobody reads: 5 %.

And of what was left of that:

- `Domain.is_empty` writes the whole domain out, and an empty one, to compare them: 4 % for each message.
- The type of an event is looked for among all subclasses of `Event`, found anew for each event: 2 %.
"""

from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Dict, List, Optional, Text, Tuple

import aiohttp
import rasa.core.policies.rule_policy
import rasa.core.processor
import rasa.shared.utils.common
import ujson
from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig


def validate_action_result(self: RemoteAction, result: Dict[Text, Any]) -> bool:
    """Check the shape that Rasa's own schema asks for: lists of events and of responses, each an object.

    Raises:
        RasaException: the action server returned something else.
    """
    events, responses = result.get("events", []), result.get("responses", [])
    if (
        not isinstance(events, list)
        or not isinstance(responses, list)
        or not all(isinstance(event, dict) and isinstance(event.get("event"), str) for event in events)
        or not all(isinstance(response, dict) for response in responses)
    ):
        raise RasaException(f"the action {self.name()} returned something that is no list of events and responses")
    return True


def _order(runner: DaskGraphRunner, targets: Tuple[Text, ...]) -> List[Tuple[Text, List[Text]]]:
    """Return the nodes needed for `targets` with what they need, each after those it needs."""
    schema = runner._graph_schema.minimal_graph_schema(list(targets))
    ordered: List[Tuple[Text, List[Text]]] = []
    placed = set()

    def place(name: Text) -> None:
        if name in placed or name not in schema.nodes:
            return
        placed.add(name)
        needs = list(schema.nodes[name].needs.values())
        for need in needs:
            place(need)
        ordered.append((name, needs))

    for target in targets:
        place(target)
    return ordered


def run_graph(
    self: DaskGraphRunner, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None
) -> Dict[Text, Any]:
    """Run the nodes one after the other, in an order that is worked out once for each set of targets."""
    wanted = tuple(targets or self._graph_schema.target_names)
    orders = self.__dict__.setdefault("_orders", {})
    if wanted not in orders:
        orders[wanted] = _order(self, wanted)
    results: Dict[Text, Tuple[Text, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
    for name, needs in orders[wanted]:
        results[name] = self._instantiated_nodes[name](*(results.get(need, need) for need in needs))
    return {name: results[name][1] for name in wanted}


class _KeptSession(aiohttp.ClientSession):
    """A session that is left open by `async with`, so that the next call finds its connection."""

    async def __aexit__(self, *_: Any) -> None:
        return None


def kept_session(self: EndpointConfig) -> aiohttp.ClientSession:
    """Return the one session of this endpoint."""
    session = self.__dict__.get("_kept_session")
    if session is None or session.closed:
        session = self.__dict__["_kept_session"] = _KeptSession(
            timeout=aiohttp.ClientTimeout(total=10), json_serialize=ujson.dumps
        )
    return session


_find_action_from_rules = RulePolicy._find_action_from_rules


def find_action_from_rules(
    self: RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool
) -> Tuple[Optional[Text], Optional[Text], bool]:
    """Look for a rule; not for one about the words of a message (`- user: …`) in a model that has none."""
    if use_text_for_last_user_input:
        about_words = self.__dict__.get("_about_words")
        if about_words is None:
            about_words = any('"text"' in key for rules in self.lookup.values() if rules for key in rules)
            self.__dict__["_about_words"] = about_words
        if not about_words:
            return None, None, False
    return _find_action_from_rules(self, tracker, domain, use_text_for_last_user_input)


_is_empty = Domain.is_empty


def is_empty(self: Domain) -> bool:
    """Say whether there is nothing in this domain. It is looked at once: a domain that is served never changes."""
    empty = self.__dict__.get("_found_empty")
    if empty is None:
        empty = self.__dict__["_found_empty"] = _is_empty(self)
    return bool(empty)


async def _retrieve(self: FailSafeTrackerStore, sender_id: Text) -> Any:
    return await self._tracker_store.retrieve(sender_id)


async def _save(self: FailSafeTrackerStore, tracker: Any) -> None:
    await self._tracker_store.save(tracker)


# Rasa wraps every tracker store so that a conversation that cannot be read counts as new, and one that cannot be saved
# is kept in memory, where nothing ever looks for it. Here the message fails instead, and is asked again.
FailSafeTrackerStore.retrieve = _retrieve
FailSafeTrackerStore.save = _save
RulePolicy._find_action_from_rules = find_action_from_rules
# Both modules copy only what they hand to a debug line.
rasa.core.policies.rule_policy.copy = rasa.core.processor.copy = SimpleNamespace(deepcopy=lambda shown: shown)
Domain.is_empty = is_empty
# Rasa calls it through its module, and every type of event and slot is imported before the first message.
rasa.shared.utils.common.all_subclasses = lru_cache(maxsize=None)(rasa.shared.utils.common.all_subclasses)
RemoteAction._validate_action_result = validate_action_result
DaskGraphRunner.run = run_graph
EndpointConfig.session = kept_session
