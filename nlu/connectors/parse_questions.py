"""What models understand: `python -m connectors.parse_questions MODEL... < texts.json`, in one process.

Reads a JSON list of texts; prints a JSON list with, for each model, the list of what it understood (intent, ranking,
and the parts of messages that ask several things). Nothing is remembered.
"""

import asyncio
import json
import sys
from typing import Any, Dict, List

from rasa.core.agent import Agent

KEPT = ("intent", "intent_ranking", "parts")


async def _understood(agent: Agent, texts: List[str]) -> List[Dict[str, Any]]:
    found = []
    for text in texts:
        parsed = await agent.parse_message(text)
        found.append({name: parsed[name] for name in KEPT if name in parsed})
    return found


def main() -> None:
    """Parse all texts with all models."""
    texts = json.load(sys.stdin)
    results = [asyncio.run(_understood(Agent.load(model), texts)) for model in sys.argv[1:]]
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
