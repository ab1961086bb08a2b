"""People who talk at once: each asks, waits for the answer, asks again. One light process makes all of them."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import aiohttp
import psutil

#: Asks one question in a conversation; True when its answer came back in the same HTTP response.
Ask = Callable[[aiohttp.ClientSession, str, str], Awaitable[bool]]

#: Messages after which a person begins a new conversation.
TURNS = 5
#: A question that has no answer by then counts as not answered.
PATIENCE_SECONDS = 30.0


@dataclass
class Measured:
    """What one load gave.

    Attributes:
        seconds: from the first question to the last answer.
        latencies: of answered messages, in seconds.
        not_answered: how often, by reason.
        generator_cpu: processor seconds of this process, which share the machine with the side under load.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    not_answered: Counter[str] = field(default_factory=Counter)
    generator_cpu: float = 0.0

    @property
    def answered(self) -> int:
        """Messages whose answer came."""
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Answered messages per second."""
        return self.answered / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Return the latency in seconds that `share` of the answered messages did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")


async def talk(
    ask: Ask, questions: Sequence[str], *, people: int, seconds: float, on_answer: Callable[[], None] = lambda: None
) -> Measured:
    """Let `people` talk for `seconds`; what was asked by then is waited for. The same talk each time."""
    measured = Measured()
    timeout = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    processor = psutil.Process()
    used_before = sum(processor.cpu_times()[:2])
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=people)) as session:
        begin = time.perf_counter()

        async def person(number: int) -> None:
            chance = random.Random(number)
            while True:
                conversation = f"bench-{chance.getrandbits(64):016x}-{time.time_ns():x}"
                for _ in range(TURNS):
                    asked = time.perf_counter()
                    if asked - begin >= seconds:
                        return
                    try:
                        answered = await ask(session, conversation, chance.choice(questions))
                        reason = "no answer in the response"
                    except (aiohttp.ClientError, TimeoutError, OSError) as error:
                        answered, reason = False, type(error).__name__
                    if answered:
                        measured.latencies.append(time.perf_counter() - asked)
                        on_answer()
                    else:
                        measured.not_answered[reason] += 1

        await asyncio.gather(*(person(number) for number in range(people)))
        measured.seconds = time.perf_counter() - begin
    measured.generator_cpu = sum(processor.cpu_times()[:2]) - used_before
    return measured
