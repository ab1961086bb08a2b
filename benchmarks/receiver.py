"""A receiver that counts: it answers like Telegram's `sendMessage` and notes when which chat got something.

    python benchmarks/receiver.py --port 8099 [--answers-after 0.05]

One process of its own, made to cost as little as it can: it shares the machine with what it measures. It takes JSON and
forms, on any number of kept connections. What it counted is asked for over HTTP:

- `GET /counted?since=T&until=T&window=S`: messages, different chats, most of one chat, most within any window;
- `GET /arrivals?chats=900`: moments (monotonic clock of the machine) and chats whose number begins so;
- `GET /chats`: how often each chat got something; `GET /total`: how many messages there were;
- `POST /forget`.
"""

import argparse
import asyncio
import re
import time
from array import array
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httptools
import orjson
import uvloop

_CHAT = re.compile(rb'chat_id"?\s*[=:]\s*"?(-?\d+)')


class Arrivals:
    """What arrived: when, and for which chat."""

    def __init__(self) -> None:
        self.moments = array("d")
        self.chats = array("q")

    def note(self, chat: int) -> int:
        """Note one message; return its number."""
        self.moments.append(time.monotonic())
        self.chats.append(chat)
        return len(self.moments)

    def forget(self) -> None:
        """Begin to count anew."""
        del self.moments[:]
        del self.chats[:]

    def counted(self, since: float, until: float, window: float) -> dict[str, Any]:
        """Return what arrived between two moments."""
        chosen = [n for n, moment in enumerate(self.moments) if since <= moment <= until]
        moments = [self.moments[n] for n in chosen]
        chats = Counter(self.chats[n] for n in chosen)
        return {
            "messages": len(moments),
            "chats": len(chats),
            "most_of_one_chat": max(chats.values(), default=0),
            "first": moments[0] if moments else None,
            "last": moments[-1] if moments else None,
            "most_in_window": most_in_window(moments, window),
        }


def most_in_window(moments: Sequence[float], window: float) -> int:
    """Return how many of ordered moments the fullest window of `window` seconds holds, wherever it begins."""
    inside: deque[float] = deque()
    most = 0
    for moment in moments:
        inside.append(moment)
        while inside[0] <= moment - window:
            inside.popleft()
        most = max(most, len(inside))
    return most


class Receiver(asyncio.Protocol):
    """One connection."""

    def __init__(self, arrivals: Arrivals, answers_after: float) -> None:
        self._arrivals = arrivals
        self._answers_after = answers_after
        self._parser = httptools.HttpRequestParser(self)
        self._url, self._body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    # Called by the parser.

    def on_message_begin(self) -> None:
        self._url, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._url.lower().endswith(b"/sendmessage"):
            found = _CHAT.search(self._body)
            chat = int(found[1]) if found else 0
            answer = _sent(self._arrivals.note(chat), chat)
            asyncio.get_running_loop().call_later(self._answers_after, self._answer, answer)
        elif self._url.startswith(b"/bot"):
            # getMe and whatever else a client asks first.
            self._answer(b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Gia lap","username":"gia_lap_bot"}}')
        else:
            self._answer(orjson.dumps(self._asked()))

    def _asked(self) -> Any:
        split = urlsplit(self._url.decode())
        asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        if split.path == "/counted":
            since, until = float(asked.get("since", 0)), float(asked.get("until", "inf"))
            return self._arrivals.counted(since, until, float(asked.get("window", 1)))
        if split.path == "/arrivals":
            begins = asked.get("chats", "")
            pairs = zip(self._arrivals.moments, self._arrivals.chats, strict=True)
            return [(moment, chat) for moment, chat in pairs if str(chat).startswith(begins)]
        if split.path == "/total":
            return len(self._arrivals.moments)
        if split.path == "/chats":
            return {str(chat): number for chat, number in Counter(self._arrivals.chats).items()}
        if split.path == "/forget":
            self._arrivals.forget()
        return {}

    def _answer(self, body: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body
            )


def _sent(number: int, chat: int) -> bytes:
    return (
        b'{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private","first_name":"Gia lap"},'
        b'"text":"da nhan"}}' % (number, int(time.time()), chat)
    )


async def serve(port: int, answers_after: float) -> None:
    """Count until stopped."""
    arrivals = Arrivals()
    server = await asyncio.get_running_loop().create_server(
        lambda: Receiver(arrivals, answers_after), "127.0.0.1", port, backlog=1000
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--answers-after", type=float, default=0.05, help="seconds from a message to its answer")
    chosen = options.parse_args()
    uvloop.run(serve(chosen.port, chosen.answers_after))
