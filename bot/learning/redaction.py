"""Taking the person out of a question: names, numbers, addresses and contacts become a mark in brackets.

Stricter than what is masked at the inbox (`[đã che: …]`), because the question is kept apart from its conversation and
read by others: rather one word too many than a name. Place names of communes and larger stay, villages go.
"""

import re
import unicodedata

from content.folding import fold

NUMBER, NAME, CONTACT, PLACE = "[số]", "[tên]", "[liên hệ]", "[nơi ở]"
#: Any mark, this module's or that of the inbox.
_MARK = re.compile(r"\[(?:số|tên|liên hệ|nơi ở|đã che:[^\]]*)\]")
#: Longest question kept, in code points: what is longer tells a life.
LONGEST = 500

_CONTACT = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+|\b(?:zalo|fb|facebook|telegram)\s*[:\-]\s*\S+", re.IGNORECASE)
# Dates, and numbers of three digits and more however they are grouped; smaller ones (ages, children, years) stay.
_NUMBER = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}|\d(?:[\s.,\-/]{0,2}\d){2,}")
_DIGIT = r"(?:khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin)"
_SPOKEN_NUMBER = re.compile(rf"\b{_DIGIT}(?:[\s,.\-]+{_DIGIT}){{4,}}\b")
_HOUSE = re.compile(r"\b(?:so nha|nha so|hem|ngo|ngach|kiet|duong so)\s+\w*\d\w*(?:/\w+)*")
_VILLAGE = re.compile(
    r"\b(?:(?<!nong )thon|lang|buon|plei|to dan pho|tdp|khoi pho)\s+"
    r"(?!(?:dac|kho|ban|nay|do|toi|em|minh|co|khong|duoc|la|thi|o|va|moi|thang|que|xom|nghe|cua|hay|bao|chung)\b)"
    r"\w[^\s,;]*(?:\s+(?!(?:o|co|khong|duoc|la|thi|hoi|xin|thuoc|xa|phuong)\b)\w[^\s,;]*){0,2}"
)
# What a person or relative is called. Names are taken up to four syllables, until a word that no name holds.
_RELATIVES = r"(?:toi|em|chau|minh|con|me|bo|ba|ong|vo|chong|anh|chi)"
_INTRODUCED = re.compile(
    rf"\b(?:(?:ho(?: va)? ten|chu ho)(?: \w+)?? (?:la|:)|(?:ho(?: va)? ten|chu ho)|{_RELATIVES}(?: \w+)?? ten"
    rf"|ten {_RELATIVES}(?: toi| em)?|ten\s*(?:la|:))(?:\s*(?:la\b|:))?\s+|\b(?:my name is|i am called)\s+"
)
_SURNAME = (
    r"(?:nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|dang|bui|do|ho|ngo|duong|ly|dinh|trinh|doan|luong|mai|truong|cao|"
    r"luu|ta|chau|quach|lam|ha)"
)
# In small letters without marks, only what can hardly be anything else: "luong huu" is "lương hưu", "do thi" a town.
_MIDDLE_NAMED = re.compile(
    r"\b(?:(?:nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|bui|dinh|doan|trinh|luu)\s+(?:van|thi)"
    r"|(?:nguyen|tran|pham)\s+(?:huu|duc|ngoc|quoc|xuan))\s+\w+"
)
_NOT_IN_A_NAME = frozenset(
    {
        *("la", "o", "hoi", "xin", "cho", "muon", "can", "duoc", "co", "khong", "ko", "thuoc", "dang", "sinh"),
        *("va", "toi", "em", "chau", "nha", "gia", "tai", "voi", "ma", "de", "lam", "bao", "gi", "nao"),
        *("con", "da", "se", "bi", "vay", "ngheo", "hoc", "lop", "chi", "truoc", "trong", "ghi", "from", "and"),
        *("asks"),
    }
)
_CAPITALS = "".join(letter for letter in map(chr, range(0x41, 0x1EFA)) if letter.isupper())
_WITH_CAPITAL = rf"[{_CAPITALS}][\w']*"
_CAPITALISED = re.compile(rf"(?<!\w){_WITH_CAPITAL}(?:\s+{_WITH_CAPITAL})+")
_CALLED = re.compile(rf"\b(?:ông|bà|anh|chị|cô|chú|bác|em|cháu)\s+({_WITH_CAPITAL}(?:\s+{_WITH_CAPITAL})*)")


def redact(text: str) -> str:
    """Return `text` without names, numbers of three digits and more, villages, houses and contacts, in NFC."""
    text = " ".join(unicodedata.normalize("NFC", text).split())[:LONGEST]
    text = _CONTACT.sub(CONTACT, text)
    text = _CALLED.sub(lambda match: match[0].replace(match[1], NAME), text)
    text = _CAPITALISED.sub(_name_of_a_person, text)
    text = _masked(text, _MIDDLE_NAMED, NAME)
    text = _masked(text, _INTRODUCED, NAME, keep_match=True)
    text = _masked(text, _HOUSE, PLACE)
    text = _masked(text, _VILLAGE, PLACE)
    text = _masked(text, _SPOKEN_NUMBER, NUMBER)
    return re.sub(r"\s+", " ", _NUMBER.sub(NUMBER, text)).strip()


def holds_personal_data(text: str) -> bool:
    """Return True where something was masked, or would be."""
    return _MARK.search(text) is not None or redact(text) != " ".join(unicodedata.normalize("NFC", text).split())


def _name_of_a_person(match: re.Match[str]) -> str:
    """Mask words with capitals that begin like a name: a surname, or the A and Y of men and women of the highlands."""
    words = fold(match[0]).lower().split()
    is_name = re.fullmatch(_SURNAME, words[0]) or words[0] in ("a", "y", "h", "k")
    # "Hồ Chí Minh" and "Lê Lợi" are places and streets as well; masking them costs little.
    return NAME if is_name and len(words) <= 5 else match[0]


def _masked(text: str, pattern: re.Pattern[str], mark: str, *, keep_match: bool = False) -> str:
    """Replace what `pattern` finds in the folded text; folding keeps the number of letters of NFC text."""
    folded = fold(text).lower()
    if len(folded) != len(text):
        # Letters of another script: positions would not fit. The folded form is what may be kept.
        text = folded
    done, parts = 0, []
    for match in pattern.finditer(folded):
        if match.start() < done:
            continue
        if not keep_match:
            parts += [text[done : match.start()], mark]
            done = match.end()
            if match[0].endswith(" "):
                parts.append(" ")
            continue
        end = match.end()
        for word in list(re.finditer(r"\S+", folded[match.end() :]))[:4]:
            if word[0].strip(".,!?;:") in _NOT_IN_A_NAME or word[0].startswith("["):
                break
            end = match.end() + word.end()
            if word[0][-1] in ".,!?;:":
                end -= 1
                break
        if end > match.end():
            parts += [text[done : match.end()], mark]
            done = end
    return "".join([*parts, text[done:]])
