"""What reactions under an answer of ours say about it, as data. Whatever is not named here says nothing.

Telegram writes emoji (https://core.telegram.org/bots/api#reactiontypeemoji). Zalo writes codes of its own; the heart is
in its documentation (docs.zaloplatforms.com/docs/OA), the others are those of its application as third parties found
them, so emoji are read there too.
"""

from collections.abc import Mapping

from bot.channels.capabilities import TELEGRAM, ZALO

#: Shown after some symbols to ask for the coloured picture; says nothing.
_COLOURED = "\N{VARIATION SELECTOR-16}"

_EMOJI: Mapping[str, str] = {
    **dict.fromkeys(("👍", "❤", "🙏", "👌", "👏", "💯", "🥰", "😍"), "up"),
    **dict.fromkeys(("👎", "😡", "🤬", "💔"), "down"),
}

#: Channel -> what it writes -> `up` (helped) or `down` (did not).
MEANINGS: Mapping[str, Mapping[str, str]] = {
    TELEGRAM: _EMOJI,
    ZALO: {**_EMOJI, "/-heart": "up", "/-strong": "up", "/-weak": "down", ":-h": "down"},
}


def meaning_of(channel: str, icons: str) -> str | None:
    """Return `up` or `down` for what stands under an answer, None where it says neither, or both.

    `icons`: as the provider writes them, with spaces between several.
    """
    known = MEANINGS.get(channel, {})
    said = {known[icon] for one in icons.split() if (icon := one.replace(_COLOURED, "")) in known}
    return said.pop() if len(said) == 1 else None
