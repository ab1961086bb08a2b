"""People who talk to a running system over HTTP and write down everything they see."""

import asyncio
import contextlib
import random
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

#: What people ask here, and the topic that the answer must have: an answer to another question would show.
QUESTIONS = {
    "xin chào": "chitchat",
    "cảm ơn nhiều nhé": "chitchat",
    "vay vốn hộ nghèo lãi suất bao nhiêu": "credit_loan",
    "ho ngheo duoc vay toi da bao nhieu tien": "credit_loan",
    "hộ cận nghèo có được hỗ trợ mua thẻ bảo hiểm y tế không": "health_insurance",
    "thu nhập bao nhiêu thì được xét hộ nghèo ở nông thôn": "poverty_standard",
    "mỗi tháng hộ nghèo được hỗ trợ bao nhiêu tiền điện": "electricity_support",
}

#: A page looks for new messages this often when it has no event stream.
POLL_SECONDS = 1.0
#: A message that was refused, or whose acknowledgement was lost, is sent again after this long.
SEND_AGAIN_SECONDS = 0.5


@dataclass
class Sent:
    """A message that was acknowledged."""

    message_id: str
    text: str
    seconds: float
    tries: int


@dataclass
class Person:
    """One person: what they sent and what their page showed, in the order in which it was first shown.

    Attributes:
        webs: addresses of the web chat; every request takes any of them, as behind a load balancer.
        listens: reads the event stream rather than asking again and again.
    """

    webs: Sequence[str]
    listens: bool = False
    name: str = field(default_factory=lambda: f"person-{uuid.uuid4().hex}")
    sent: list[Sent] = field(default_factory=list)
    seen: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Answers in the order of the conversation; notices ("please wait") are none."""
        return [self.seen[number] for number in sorted(self.seen) if not self.seen[number]["notice"]]

    @property
    def notices(self) -> list[dict[str, Any]]:
        """The notices that were shown."""
        return [message for message in self.seen.values() if message["notice"]]

    async def say(self, http: aiohttp.ClientSession, text: str, message_id: str | None = None) -> Sent:
        """Send a message, again and again with the same id, until it is acknowledged."""
        body = {"conversation": self.name, "text": text, "message_id": message_id or uuid.uuid4().hex}
        tries = 0
        while True:
            tries += 1
            started = time.perf_counter()
            try:
                async with http.post(f"{random.choice(self.webs)}/api/chat/messages?wait=0", json=body) as response:
                    if response.status in (200, 202):
                        accepted = orjson.loads(await response.read())["accepted"]
                        assert accepted == body["message_id"]
                        break
                    assert response.status == 503, await response.text()
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(SEND_AGAIN_SECONDS)
        sent = Sent(str(body["message_id"]), text, time.perf_counter() - started, tries)
        if all(sent.message_id != earlier.message_id for earlier in self.sent):
            self.sent.append(sent)
        return sent

    async def watch(self, http: aiohttp.ClientSession) -> None:
        """Take in what the system says, until cancelled."""
        while True:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                await (self._listen(http) if self.listens else self.look(http))
            await asyncio.sleep(POLL_SECONDS)

    async def look(self, http: aiohttp.ClientSession, *, after: int | None = None) -> None:
        """Read what is new once; with `after` 0, everything as a page that is opened anew does."""
        last = max(self.seen, default=0) if after is None else after
        query = {"conversation": self.name, "after": str(last)}
        async with http.get(f"{random.choice(self.webs)}/api/chat/messages", params=query) as response:
            if response.status == 200:
                for message in orjson.loads(await response.read())["messages"]:
                    self._take(message)

    async def _listen(self, http: aiohttp.ClientSession) -> None:
        query = {"conversation": self.name, "after": str(max(self.seen, default=0))}
        # A page's EventSource has no time limit; it comes back when the line breaks.
        limit = aiohttp.ClientTimeout(total=None, sock_read=20)
        async with http.get(f"{random.choice(self.webs)}/api/chat/events", params=query, timeout=limit) as response:
            async for line in response.content:
                if line.startswith(b"data: "):
                    self._take(orjson.loads(line.removeprefix(b"data: ")))

    def _take(self, message: dict[str, Any]) -> None:
        if message["from"] != "bot":
            return
        known = self.seen.setdefault(message["id"], message)
        assert known["text"] == message["text"], "a message that was shown has changed"

    def is_answered(self) -> bool:
        """True when every acknowledged message has an answer."""
        return {sent.message_id for sent in self.sent} <= {answer["reply_to"] for answer in self.answers}

    async def wait_until_answered(self, http: aiohttp.ClientSession, seconds: float) -> None:
        """Look until every message is answered; give up silently after `seconds`, the verdict will say so."""
        end = time.monotonic() + seconds
        while not self.is_answered() and time.monotonic() < end:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                await self.look(http)
            await asyncio.sleep(0.2)


@dataclass
class Verdict:
    """What went wrong, over all people, one readable line each."""

    messages: int = 0
    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    answered_wrongly: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        """All that went wrong."""
        return self.lost + self.repeated + self.out_of_order + self.answered_wrongly


def judge(people: Sequence[Person]) -> Verdict:
    """Compare what people sent with what they were told."""
    verdict = Verdict()
    for person in people:
        order = [sent.message_id for sent in person.sent]
        replies = [answer["reply_to"] for answer in person.answers]
        times = Counter(replies)
        verdict.messages += len(order)
        verdict.lost += [f"{person.name} has no answer to {one}" for one in order if not times[one]]
        verdict.repeated += [f"{person.name} has {n} answers to {one}" for one, n in times.items() if n > 1]
        expected = [one for one in order if times[one]]
        if list(dict.fromkeys(replies)) != expected:
            verdict.out_of_order.append(f"{person.name} asked {order} and was answered {replies}")
        texts = {sent.message_id: sent.text for sent in person.sent}
        for answer in person.answers:
            question = texts.get(answer["reply_to"], "")
            if answer["topic"] != QUESTIONS.get(question, answer["topic"]):
                # An apology has no topic at all.
                verdict.answered_wrongly.append(f"“{question}” got topic {answer['topic']}: {answer['text'][:80]}")
    return verdict


async def talk(
    person: Person, http: aiohttp.ClientSession, chance: random.Random, *, messages: int, seconds: float
) -> None:
    """Send `messages` over about `seconds`; now and then two at once, without waiting for the answer between them."""
    questions = list(QUESTIONS)
    watching = asyncio.create_task(person.watch(http))
    try:
        await asyncio.sleep(chance.uniform(0, seconds / messages))
        for _ in range(messages):
            await person.say(http, chance.choice(questions))
            if chance.random() < 0.7:
                await asyncio.sleep(chance.uniform(0.5, 1.5) * seconds / messages)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
