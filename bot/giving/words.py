"""What people call their choices when they give, as patterns over folded text; the first that fits decides."""

import re
from collections.abc import Mapping

from bot.giving.draft import DONOR, KIND, SCHEDULE, SHOWN

Patterns = Mapping[str, "re.Pattern[str]"]


def any_of(*phrases: str) -> "re.Pattern[str]":
    """Return a pattern for any of these phrases as whole words; a phrase may be a pattern itself."""
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


_A_DAY = r"(?:mot |1 |01 )?ngay (?:luong|cong)"
_COUNT = r"(?:\d+ |hai |ba |bon |nam |sau )?"

PATTERNS: Mapping[str, Patterns] = {
    KIND: {
        "drive": any_of(_A_DAY, r"day'?s? (?:wage|pay|salary)"),
        "in_kind": any_of(
            *("hien vat", "gao", "quan ao", "chan man", "cai chan", "chan am", "ao am", "sach vo", "xe dap", "mi tom"),
            *("xe lan", "do dung", "nhu yeu pham", "in kind", "goods", "rice", "clothes", "blankets?"),
        ),
        "money": any_of("tien", "chuyen khoan", "money", "cash", "transfer"),
    },
    SCHEDULE: {
        "monthly": any_of("(?:hang|moi|tung) thang", "thang nao cung", "monthly", "(?:every|each|per) month"),
        "instalments": any_of(
            rf"(?:chia|nhieu|thanh|lam) (?:lam |thanh )?{_COUNT}(?:dot|lan|ky|phan)",
            *("tra gop", "tung dot", "instal+ments?", "several parts"),
        ),
        "once": any_of("(?:mot|1|01) lan", "mot luc", "once", "one[- ]?(?:time|off)"),
    },
    DONOR: {
        "company": any_of(
            *("cong ty", "doanh nghiep", "co quan", "don vi", "hop tac xa", "truong", "chi nhanh", "tap doan"),
            *("ngan hang", "cong doan", "ubnd", "company", "firm", "school", "agency", "organi[sz]ation"),
        ),
        "group": any_of(
            *("nhom", "lop", "gia dinh", "ho", "dong ho", "hoi", "clb", "cau lac bo", "ban be", "to", "chi hoi"),
            *("chi doan", "group", "family", "class", "club", "team"),
        ),
        "person": any_of("ca nhan", "mot minh", "toi", "em", "minh", "chau", "person", "individual", "myself", "me"),
    },
    SHOWN: {
        "hidden": any_of(
            *("an danh", "giau ten", "khong (?:can )?(?:neu|ghi|de|hien|cong khai|dang) ten", "khong ten", "an ten"),
            *("anonymous(?:ly)?", "hide", "hidden", "no name"),
        ),
        "masked": any_of("che", "viet tat", "chu cai dau", "mot phan", "che bot", "masked?", "initials?", "partly"),
        "name": any_of(
            "(?:ghi|neu|de|hien|cong khai|dang) (?:ro |day du |ca |ho )*ten",
            *("ten day du", "full name", "show (?:my )?name"),
        ),
    },
}
CONTACTS: Patterns = {
    "none": any_of("khong(?: can)?", "khoi", "thoi", "ko", "bo qua", "no", "none", "nothing"),
    "chat": any_of(
        *("nhan (?:o day|trong nay|tin)", "o day", "trong (?:nay|cuoc)", "chat", "nhac", "dong y", "here", "remind"),
    ),
}
#: What people want done with a gift of theirs.
WISHES: Patterns = {
    "cancel": any_of("huy", "rut lai", "bo khoan", "khong (?:ung ho|gop|dong) nua", "cancel", "withdraw"),
    "change": any_of("sua", "doi", "thay doi", "tang", "giam", "change", "edit"),
    "pay": any_of(
        *("chuyen vao dau", "so tai khoan", "stk", "ma qr", "qr", "cach (?:nop|chuyen)", "chuyen (?:khoan )?the nao"),
        "how (?:do i|to) pay",
    ),
}
