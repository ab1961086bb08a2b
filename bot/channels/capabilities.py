"""What each channel can show and how fast it may be used, as data.

Rendering, limits and the table in `docs/channel-capabilities.md` are made from these figures. Platforms change them
without notice: only their own answers (429, -32, quota headers) are certain. `docs/channels.md` tells the sources.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

WEB = "web"
TERMINAL = "terminal"
ZALO = "zalo"
#: Visitors of the Official Account who did not say who they are.
ZALO_ANONYMOUS = "zalo_anonymous"
#: ZBS templates to a telephone number; goes out only.
ZALO_PHONE = "zalo_phone"
ZALO_BOT = "zalo_bot"
TELEGRAM = "telegram"

#: A provider's clock and ours may differ, and a message waits its turn: a window that closes this soon is closed.
WINDOW_MARGIN = timedelta(minutes=10)


class Audio(StrEnum):
    """How a recording reaches the person."""

    PLAYER = "player"
    VOICE = "voice"
    LINK = "link"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a channel can show and what it promises.

    Attributes:
        repeatable: sending means making the ledger row visible, so doing it twice shows it once. A claim on such a
            channel may be taken up again after a crash; elsewhere it becomes `unknown`.
        folds_sources: shows legal sources folded; elsewhere they are written under the text.
        max_buttons: quick replies under one message; more become a numbered menu. 0: none at all.
        max_text_length: code points in one message; longer text is split at sentence borders.
        split_at: code points of one part when a text is split.
        max_button_title: code points on one button.
        max_payload_bytes: what a button may carry, in UTF-8; longer payloads are sent by reference.
        image: pictures can be shown in the chat.
        max_image_bytes: largest picture.
        file: files can be handed over.
        audio: how a recording reaches the person.
        inbound_voice: people can send voice notes.
        phone_button: people hand over their own telephone number with one touch; elsewhere they type it.
        groups: works in groups.
        receipts: what the provider tells later, of `delivered` and `seen`.
        starts_conversations: may write to people who wrote before, at any time; False where only templates may.
        free_window: for so long after the person wrote, free text is free of charge; None: always.
        text_window: for so long after the person wrote, free text is taken at all; None: always.
        templates: approved templates reach people outside the window.
        per_second: messages of one account; None: no limit is published.
        per_minute: requests of one account.
        per_chat_per_second: messages to one person; short bursts are tolerated.
        per_group_per_minute: messages to one group.
        reply_reserve: share of the account's rate that bulk leaves to replies.
    """

    repeatable: bool = False
    folds_sources: bool = False
    max_buttons: int = 0
    max_text_length: int = 2000
    split_at: int | None = None
    max_button_title: int | None = None
    max_payload_bytes: int | None = None
    image: bool = False
    max_image_bytes: int | None = None
    file: bool = False
    audio: Audio = Audio.NONE
    inbound_voice: bool = False
    phone_button: bool = False
    groups: bool = False
    receipts: frozenset[str] = frozenset()
    starts_conversations: bool = True
    free_window: timedelta | None = None
    text_window: timedelta | None = None
    templates: bool = False
    per_second: float | None = None
    per_minute: int | None = None
    per_chat_per_second: float | None = None
    per_group_per_minute: int | None = None
    reply_reserve: float = 0.2


#: The web chat and the terminal show the ledger itself.
LEDGER = Capabilities(
    repeatable=True, folds_sources=True, max_buttons=13, max_text_length=20_000, image=True, audio=Audio.PLAYER
)

#: Zalo Official Account: https://docs.zaloplatforms.com/docs/OA. Text 2,000 code points; we split at 1,900 to leave
#: room for a number. 5 buttons of 100 code points, payload 1,000 code points (so 1,000 bytes always fit).
#: Free text is free of charge for 48 h after the person's last interaction, paid until 7 days, refused after.
#: 4,000 requests a minute for an application; that of one account depends on its package (about 100 with "Growth").
ZALO_OA = Capabilities(
    max_buttons=5,
    max_text_length=2000,
    split_at=1900,
    max_button_title=100,
    max_payload_bytes=1000,
    image=True,
    max_image_bytes=1024 * 1024,
    file=True,
    audio=Audio.LINK,
    inbound_voice=True,
    phone_button=True,
    receipts=frozenset({"delivered", "seen"}),
    starts_conversations=False,
    free_window=timedelta(hours=48),
    text_window=timedelta(days=7),
    templates=True,
    per_minute=4000,
)

#: The same account towards visitors without a name: words only, in answer to theirs.
ZALO_OA_ANONYMOUS = Capabilities(
    max_text_length=2000,
    split_at=1900,
    audio=Audio.LINK,
    starts_conversations=False,
    free_window=timedelta(0),
    text_window=timedelta(0),
)

#: Zalo ZBS template messages by telephone number: no free text at all, texts approved before, delivery receipts.
ZALO_BY_PHONE = Capabilities(
    max_text_length=400, starts_conversations=False, templates=True, receipts=frozenset({"delivered"})
)

#: Zalo Bot Platform: https://docs.zaloplatforms.com/docs/BOT. No buttons, files, receipts; pictures and voice by public
#: address; a 429 carries no time to wait and means the day's quota. No rate is published.
ZALO_BOT_PLATFORM = Capabilities(
    max_text_length=2000, split_at=1900, image=True, audio=Audio.VOICE, inbound_voice=True, groups=True
)

#: Telegram: https://core.telegram.org/bots/api and /bots/faq. Text 4,096 after parsing; which unit is counted is not
#: published, so we stay at 4,000. 100 buttons; more than 13 help nobody. Callback data 64 bytes. About 30 messages a
#: second for a bot (25 leave room for what its limiter counts differently), 1 a second to a chat, 20 a minute to a
#: group.
TELEGRAM_BOT = Capabilities(
    max_buttons=13,
    max_text_length=4096,
    split_at=4000,
    max_button_title=64,
    max_payload_bytes=64,
    image=True,
    max_image_bytes=10 * 1024 * 1024,
    file=True,
    audio=Audio.VOICE,
    inbound_voice=True,
    phone_button=True,
    groups=True,
    per_second=25,
    per_chat_per_second=1,
    per_group_per_minute=20,
)

#: Channels that nobody described show the least: no buttons, nothing folded.
LEAST = Capabilities()

#: What each channel can show, by its name.
CAPABILITIES: Mapping[str, Capabilities] = {
    WEB: LEDGER,
    TERMINAL: LEDGER,
    ZALO: ZALO_OA,
    ZALO_ANONYMOUS: ZALO_OA_ANONYMOUS,
    ZALO_PHONE: ZALO_BY_PHONE,
    ZALO_BOT: ZALO_BOT_PLATFORM,
    TELEGRAM: TELEGRAM_BOT,
}
