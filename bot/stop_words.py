"""Words that end or begin news, typed alone: they work at once, whatever else the classifier would make of them."""

import re
from enum import StrEnum

from content.folding import folded_syllables


class NewsWord(StrEnum):
    """What somebody who types such a word wants."""

    #: No more news, at any time.
    STOP = "stop"
    #: No more news if the last message was a campaign's; otherwise the word belongs to what is being talked about.
    STOP_AFTER_CAMPAIGN = "stop_after_campaign"
    START = "start"


#: Characters; whoever writes more talks about something.
LONGEST_WISH = 60

_WORDS: dict[str, NewsWord] = {
    **dict.fromkeys(("dung", "huy", "tu choi", "ngung", "thoi", "stop", "tat"), NewsWord.STOP_AFTER_CAMPAIGN),
    **dict.fromkeys(("nhan tin", "bat tin", "dang ky nhan tin", "nhan lai tin"), NewsWord.START),
}

#: Whoever wants an end of it need not know a word for it: a wish, perhaps an excuse or a rebuke, and what is sent. A
#: beginning is a consent, and is never read out of a sentence.
_SENT = (
    r"(?:(?:cac |may |nhung )?(?:tin nhan|tin tuc|tin|thong bao|zalo|quang cao)"
    r"(?: chien dich| tuyen truyen| nay| kieu nay)?)"
)
_ME = "toi|tui|minh|em|anh|chi|bac|co|chu|chau|con"
_TO_ME = rf"(?:(?: cho| den| toi)? (?:{_ME}|ong|ba|nha toi|may nay|so nay))"
_END_OF_NEWS = re.compile(
    rf"(?:(?:dung|ngung|ngung lai|dung lai|khoi|dung co)(?: viec)? (?:gui|nhan|lam phien)"
    rf"{_TO_ME}?(?: {_SENT})?{_TO_ME}?"
    rf"|khong can (?:gui|nhan){_TO_ME}? {_SENT}"
    rf"|(?:dung|ngung|tat|huy|tu choi)(?: dang ky| theo doi)?(?: nhan)? {_SENT}"
    rf"|(?:khong|ko|k|bo|chan)(?: muon| can)? (?:nhan|theo doi|dang ky nhan)(?: them)? {_SENT}"
    rf"|(?:huy|bo) (?:theo doi|dang ky nhan)|unsubscribe"
    rf"|(?:xoa|go|rut|bo){_TO_ME} (?:ra )?khoi danh sach(?: nhan)? (?:tin|tin nhan|gui tin|nhan tin))(?: nua| them)?"
)
#: Around it, at either end.
_AROUND = re.compile(
    rf"^(?:(?:{_ME}|a|da|oi|xin|cho|lam on|phien|on|qua|nha|muon|can|vui long|thoi|nho|giup|gium|duoc roi|lam sao de|"
    r"cach|the nao de) )+|"
    r"(?: (?:a|nhe|nha|di|nhi|voi|ban|bot|can bo|thoi|luon|giup|gium|toi|em|minh|duoc khong|duoc ko|"
    r"(?:nhu )?the nao))+$"
)


def news_word(text: str) -> NewsWord | None:
    """Return what a message means that consists of such words only, with or without diacritics; None for others."""
    if len(text) > LONGEST_WISH:
        return None
    words = " ".join(folded_syllables(text))
    if (word := _WORDS.get(words)) is not None:
        return word
    return NewsWord.STOP if _END_OF_NEWS.fullmatch(_AROUND.sub("", words)) else None
