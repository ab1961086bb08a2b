"""Words that end or begin news, typed alone: they work at once, whatever else the classifier would make of them."""

from enum import StrEnum

from content.folding import folded_syllables


class NewsWord(StrEnum):
    """What somebody who types such a word wants."""

    #: No more news, at any time.
    STOP = "stop"
    #: No more news if the last message was a campaign's; otherwise the word belongs to what is being talked about.
    STOP_AFTER_CAMPAIGN = "stop_after_campaign"
    START = "start"


_WORDS: dict[str, NewsWord] = {
    **dict.fromkeys(
        ("tat tin", "tat tin nhan", "dung tin", "dung nhan tin", "huy tin", "huy nhan tin", "ngung nhan tin"),
        NewsWord.STOP,
    ),
    **dict.fromkeys(("tu choi nhan tin", "khong nhan tin", "khong nhan tin nua", "dung gui nua"), NewsWord.STOP),
    **dict.fromkeys(("dung", "huy", "tu choi", "ngung", "thoi", "stop", "tat"), NewsWord.STOP_AFTER_CAMPAIGN),
    **dict.fromkeys(("nhan tin", "bat tin", "dang ky nhan tin", "nhan lai tin"), NewsWord.START),
}


def news_word(text: str) -> NewsWord | None:
    """Return what a message means that consists of such a word only, with or without diacritics; None for others."""
    return _WORDS.get(" ".join(folded_syllables(text))) if len(text) <= 40 else None
