"""One sender process to Telegram, as `chungtay serve --roles delivery` has it, with a limit of the benchmark's own.

python benchmarks/sender_process.py --database URL --receiver http://127.0.0.1:8099 [--per-second 500]
"""

import argparse
import asyncio
import contextlib
import gc
import signal

import uvloop

from bot.channels.capabilities import TELEGRAM
from bot.channels.telegram.account import Account, close
from bot.channels.telegram.sending import TelegramChannel
from bot.delivery import Sender
from server.logging import configure_logging
from store.clock import SystemClock
from store.database import Database, Listener
from store.queries.campaign_runs import RUN_CHANGED
from store.queries.deliveries import TO_SEND
from store.queries.sending_limits import AccountLimit


async def run(database_url: str, receiver: str, limit: AccountLimit) -> None:
    """Send until told to stop."""
    database = Database(database_url)
    bot, clock = Account("1:gia-lap", receiver).bot(), SystemClock()
    sender = Sender(database, clock, {TELEGRAM: TelegramChannel(bot, database, clock)}, limits={TELEGRAM: limit})
    listener = Listener(database)
    listener.on(TO_SEND, sender.wake)
    listener.on(RUN_CHANGED, sender.wake_bulk)
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    gc.collect()
    gc.freeze()
    # As server/runtime.py has it; importing that would load all the rest.
    gc.set_threshold(20_000, 20, 50)
    working = [asyncio.create_task(listener.run()), asyncio.create_task(sender.run())]
    print("sends", flush=True)
    await stop.wait()
    for task in working:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await close(bot)
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
