"""One side of benchmarks/understanding.py; runs in Rasa's environment: `python understanding_side.py WORK`.

`WORK` holds config.yml, nlu.yml and asked.json (`[[text, intent], ...]`), and afterwards the model and how long its
training took; where they are there already, they are used. Prints one line of JSON.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from components.text import fold
from rasa.core.agent import Agent
from rasa.model_training import train_nlu

#: Parsed before measuring, so that caches are warm.
WARM_UP = 20


def train(work: Path) -> tuple[str, float]:
    """Train; return the model and the seconds that it took."""
    trained = work / "trained.json"
    if trained.exists():
        return tuple(json.loads(trained.read_text(encoding="utf-8")))
    started = time.monotonic()
    model = train_nlu(str(work / "config.yml"), str(work / "nlu.yml"), str(work / "models"))
    if model is None:
        raise SystemExit("Rasa made no model; what it said stands above.")
    found = model, time.monotonic() - started
    trained.write_text(json.dumps(found), encoding="utf-8")
    return found


async def ask(work: Path, model: str, training_seconds: float) -> None:
    """Ask the trained model and print the figures."""
    agent = Agent.load(model)
    asked = json.loads((work / "asked.json").read_text(encoding="utf-8"))
    found = {"training_seconds": training_seconds}
    for text, _ in asked[:WARM_UP]:
        await agent.parse_message(text)
    started = time.monotonic()
    for name, form in (("as_written", str), ("folded", fold)):
        right = 0
        for text, intent in asked:
            parsed = await agent.parse_message(form(text))
            # What Rasa would fall back on still has a likeliest intent.
            ranking = [one["name"] for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
            right += bool(ranking) and ranking[0] == intent
        found[name] = right / len(asked)
    found["parse_milliseconds"] = (time.monotonic() - started) * 1000 / (2 * len(asked))
    print(json.dumps(found))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    asyncio.run(ask(folder, *train(folder)))
