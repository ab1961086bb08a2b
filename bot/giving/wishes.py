"""What people want done with a gift of theirs, in their own words."""

from bot.giving.reading import Reply
from bot.giving.words import WISHES


def wish_with_gift(text: str) -> str:
    """Return what somebody wants done with a gift: `cancel`, `change`, `pay`, or else `show`."""
    folded = Reply(text).folded
    return next((wish for wish, words in WISHES.items() if words.search(folded)), "show")
