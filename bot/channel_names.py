"""What people call the channels."""

from collections.abc import Mapping

from bot.channels.capabilities import TELEGRAM, WEB, ZALO, ZALO_BOT

#: Channel -> its name, the same in every language.
CHANNEL_NAMES: Mapping[str, str] = {WEB: "web", ZALO: "Zalo", ZALO_BOT: "Zalo Bot", TELEGRAM: "Telegram"}


def channel_name(channel: str) -> str:
    """Return the name of a channel, its id where it has none."""
    return CHANNEL_NAMES.get(channel, channel)
