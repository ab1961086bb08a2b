"""Telegram, through python-telegram-bot's types and client: receiving by webhook or long poll, and sending."""
