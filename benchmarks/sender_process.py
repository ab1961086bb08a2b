"""One sender process over HTTP, as `chungtay serve --roles delivery` has it, with a limit of the benchmark's own.

python benchmarks/sender_process.py --database URL --receiver http://127.0.0.1:8099 [--per-second 500]
"""

import argparse
import asyncio
import contextlib
import gc
import signal

import aiohttp
import orjson
import uvloop

from bot.channels.base import ErrorClass, Failed, SendResult, Sent, Shipment
from bot.channels.capabilities import TELEGRAM, TELEGRAM_BOT
from bot.delivery import Sender
from bot.messages import OutgoingMessage
from server.logging import configure_logging
from server.runtime import COLLECT_AFTER
from store.clock import SystemClock
from store.database import Database, Listener
from store.queries.campaign_runs import RUN_CHANGED
from store.queries.deliveries import TO_SEND
from store.queries.sending_limits import AccountLimit

_NOT_ASKED = (aiohttp.ClientConnectorError,)


class PlainChannel:
    """Asks a receiver the way Telegram is asked, with nothing around it."""

    name = TELEGRAM
    capabilities = TELEGRAM_BOT

    def __init__(self, receiver: str) -> None:
        self._url = f"{receiver}/bot1:giả-lập/sendMessage"
        self._http: aiohttp.ClientSession | None = None

    async def send(self, message: OutgoingMessage, address: str, shipment: Shipment) -> SendResult:
        """Ask once."""
        if self._http is None:
            timeout = aiohttp.ClientTimeout(total=15)
            self._http = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        keyboard = [[{"text": one.title, "callback_data": one.payload}] for one in message.buttons]
        body = {"chat_id": int(address), "text": message.text, "reply_markup": {"inline_keyboard": keyboard}}
        try:
            async with self._http.post(self._url, data=orjson.dumps(body)) as response:
                answer = orjson.loads(await response.read())
        except _NOT_ASKED as error:
            return Failed(ErrorClass.RETRYABLE, type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Failed(ErrorClass.UNKNOWN, type(error).__name__)
        return Sent(str(answer["result"]["message_id"]))


async def run(database_url: str, receiver: str, limit: AccountLimit) -> None:
    """Send until told to stop."""
    database = Database(database_url)
    sender = Sender(database, SystemClock(), {TELEGRAM: PlainChannel(receiver)}, limits={TELEGRAM: limit})
    listener = Listener(database)
    listener.on(TO_SEND, sender.wake)
    listener.on(RUN_CHANGED, sender.wake_bulk)
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    working = [asyncio.create_task(listener.run()), asyncio.create_task(sender.run())]
    print("sends", flush=True)
    await stop.wait()
    for task in working:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await database.close()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--database", required=True)
    options.add_argument("--receiver", required=True)
    options.add_argument("--per-second", type=int, help="limit of the account; none: as fast as it goes")
    options.add_argument("--reserve", type=int, default=0, help="what bulk leaves to answers, of the limit")
    chosen = options.parse_args()
    configure_logging("warning", "json")
    uvloop.run(run(chosen.database, chosen.receiver, AccountLimit(chosen.per_second, 1.0, chosen.reserve)))
