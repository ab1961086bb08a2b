"""The peer of `broadcast.py`: a plain loop of python-telegram-bot with its AIORateLimiter, as its users write it.

    uv run --with 'python-telegram-bot[rate-limiter]' benchmarks/broadcast_peer.py --receiver URL --chats 2000

Nothing is kept: no ledger, no consent, no cap, no restart. `--together` asks so many at once (`asyncio.gather`).
"""

import argparse
import asyncio
import itertools
import json
import time

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

FIRST_CHAT = 3_000_000_000
WORDS = (
    "Xã {commune} mời bà con dự lớp dạy nghề (mẫu). Học phí và tiền ăn do chương trình lo. "
    "Ai muốn học thì bấm nút bên dưới hoặc nhắn 'học nghề'. Không muốn nhận tin nữa: nhắn 'dừng'."
)


async def broadcast(bot: Bot, chats: int, together: int, seconds: float) -> int:
    """Send to each chat once, for so many seconds at most; return to how many."""
    markup = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("Xem lớp học", callback_data="/courses")],
            [InlineKeyboardButton("Thôi nhận tin", callback_data="/stop")],
        ]
    )
    begun, sent = time.monotonic(), 0
    for batch in itertools.batched(range(FIRST_CHAT, FIRST_CHAT + chats), together):
        if time.monotonic() - begun > seconds:
            break
        await asyncio.gather(
            *(
                bot.send_message(chat, WORDS.format(commune=f"Số {chat % 96} (mẫu)"), reply_markup=markup)
                for chat in batch
            )
        )
        sent += len(batch)
    return sent


async def main(receiver: str, chats: int, together: int, per_second: int, seconds: float) -> None:
    """Send, and print when it began and ended."""
    bot = ExtBot(
        "1:gia-lap",
        base_url=f"{receiver}/bot",
        request=HTTPXRequest(connection_pool_size=max(together, 1)),
        rate_limiter=AIORateLimiter(overall_max_rate=per_second, overall_time_period=1, max_retries=3),
    )
    async with bot:
        begun = time.monotonic()
        sent = await broadcast(bot, chats, together, seconds)
        print(json.dumps({"begun": begun, "ended": time.monotonic(), "sent": sent}))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--receiver", required=True)
    options.add_argument("--chats", type=int, default=2000)
    options.add_argument("--together", type=int, default=1)
    options.add_argument("--per-second", type=int, default=30, help="overall_max_rate of AIORateLimiter")
    options.add_argument("--seconds", type=float, default=30)
    chosen = options.parse_args()
    asyncio.run(main(chosen.receiver, chosen.chats, chosen.together, chosen.per_second, chosen.seconds))
