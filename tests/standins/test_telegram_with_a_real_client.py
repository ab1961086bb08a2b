"""The stand-in of Telegram is Telegram to somebody else's bot: python-telegram-bot as it comes, over its own HTTP."""

import asyncio
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from tests.patience import PATIENCE_SECONDS
from tests.standins.base import serving
from tests.standins.telegram import TelegramStandIn

PERSON = 650_000_001


async def greet(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Vay vốn", callback_data="loan")]])
    await update.message.reply_text("Chào bác", reply_markup=markup)


async def pressed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None and query.message is not None
    await query.answer()
    await query.message.chat.send_message(f"Đã chọn {query.data}")


async def repeat(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(f"Bác nói: {update.message.text}")


async def said(stand_in: TelegramStandIn, number: int) -> dict[str, Any]:
    """The message of this number that the bot said, once it has."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(found := stand_in.said(PERSON)) < number:
            await asyncio.sleep(0.02)
    return found[number - 1]


async def test_a_bot_that_polls_greets_takes_a_press_and_answers_words() -> None:
    stand_in = TelegramStandIn()
    async with serving(stand_in) as address:
        stand_in.add_person({"id": PERSON, "name": "Người mẫu"})
        bot = Application.builder().token(stand_in.token).base_url(f"{address}/bot").build()
        bot.add_handlers(
            [CommandHandler("start", greet), CallbackQueryHandler(pressed), MessageHandler(filters.TEXT, repeat)]
        )
        async with bot:
            await bot.start()
            assert bot.updater is not None
            await bot.updater.start_polling(timeout=1)
            await stand_in.inbound({"user": PERSON, "do": "write", "text": "/start"})
            greeting = await said(stand_in, 1)
            assert greeting["text"] == "Chào bác"
            button = greeting["reply_markup"]["inline_keyboard"][0][0]
            press = f"{greeting['message_id']}:{button['callback_data']}"
            await stand_in.inbound({"user": PERSON, "do": "press", "press": press})
            assert (await said(stand_in, 2))["text"] == "Đã chọn loan"
            assert len(stand_in.answered_queries) == 1
            await stand_in.inbound({"user": PERSON, "do": "write", "text": "học phí"})
            assert (await said(stand_in, 3))["text"] == "Bác nói: học phí"
            await bot.updater.stop()
            await bot.stop()
