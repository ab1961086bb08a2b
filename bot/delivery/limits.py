"""Limits of accounts and chats, made from what each channel says it can."""

from datetime import timedelta

from bot.channels.capabilities import TELEGRAM, ZALO_BOT, Capabilities
from store.queries.sending_limits import AccountLimit, ChatLimit

#: Telegram tolerates short bursts to one chat: an answer of three messages leaves together.
CHAT_BURST = 3
#: In how many messages of a group nobody looks at the second.
GROUP_BURST = 3


def account_limit(capabilities: Capabilities) -> AccountLimit | None:
    """Return the limit of an account on a channel, None where there is none."""
    if capabilities.per_second is not None:
        if capabilities.per_second >= 1:
            number, seconds = int(capabilities.per_second), 1.0
        else:
            number, seconds = 1, 1 / capabilities.per_second
    elif capabilities.per_minute is not None:
        number, seconds = capabilities.per_minute, 60.0
    else:
        return None
    # A reserve of nothing would let bulk take the last message of every second.
    reserve = min(number - 1, max(1, round(number * capabilities.reply_reserve)))
    return AccountLimit(per_window=number, window_seconds=seconds, reserve=reserve)


def is_group(channel: str, address: str) -> bool:
    """True when an address is that of a group: Telegram numbers groups below zero, Zalo Bot names them."""
    if channel == TELEGRAM:
        return address.startswith("-")
    return channel == ZALO_BOT and address.startswith("g:")


def chat_limit(capabilities: Capabilities, channel: str, address: str) -> ChatLimit | None:
    """Return how fast messages may go to one chat, None where nobody says."""
    if is_group(channel, address) and capabilities.per_group_per_minute is not None:
        return ChatLimit(timedelta(minutes=1) / capabilities.per_group_per_minute, GROUP_BURST)
    if capabilities.per_chat_per_second is not None:
        return ChatLimit(timedelta(seconds=1) / capabilities.per_chat_per_second, CHAT_BURST)
    return None
