"""`make standins`: every stand-in on a port of its own, with phones to write from, and what to set to talk with it.

Adding a platform: one line in `STAND_INS`.
"""

import argparse
import asyncio
import contextlib
import time
from importlib import import_module

from tests.standins.base import StandIn, serving

#: Name -> module and class, port, and where our system takes its webhook.
STAND_INS: dict[str, tuple[str, str, int, str]] = {
    "telegram": ("tests.standins.telegram", "TelegramStandIn", 8081, "/webhooks/telegram"),
    "zalo": ("tests.standins.zalo", "Zalo", 8091, "/webhooks/zalo"),
    "zalo_bot": ("tests.standins.zalo_bot", "ZaloBotStandIn", 8082, "/webhooks/zalo-bot"),
}


def make(name: str) -> StandIn:
    """Return a stand-in by its name."""
    module, attribute, _, _ = STAND_INS[name]
    made = getattr(import_module(module), attribute)()
    assert isinstance(made, StandIn)
    return made


async def run(system: str) -> None:
    """Serve all of them until stopped; their webhooks go to the system at `system`."""
    async with contextlib.AsyncExitStack() as running:
        for name, (_, _, port, path) in STAND_INS.items():
            stand_in = make(name)
            # Zalo's account knows nothing but webhooks; the others are told of theirs, or are polled.
            if name == "zalo":
                stand_in.webhook.url = system + path
            stand_in.number_from(int(time.time()))
            address = await running.enter_async_context(serving(stand_in, port=port))
            print(f"{stand_in.name}: API {address}, phones {address}/phone, control {address}/__fake__/…")
            if not stand_in.people():
                stand_in.add_person({"id": "7000000000000000001", "name": "Nguyễn Thị Mẫu"})
            print("".join(f"  {line}\n" for line in stand_in.hint()), end="", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--system", default="http://127.0.0.1:8080", help="where Chung Tay listens")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(arguments.parse_args().system.rstrip("/")))
