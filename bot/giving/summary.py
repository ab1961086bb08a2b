"""What a reply to the summary wants: confirm exactly this, change one answer, another amount, or not yet."""

import re
from enum import StrEnum

from bot.giving.draft import (
    AMOUNT,
    AREA,
    CONTACT,
    DONOR,
    EXPECTED,
    GOODS,
    KIND,
    NAME,
    PARTS,
    PEOPLE,
    PLACE,
    PURPOSE,
    SCHEDULE,
    SHOWN,
    SUMMARY,
    Draft,
    Offers,
)
from bot.giving.reading import NotUnderstood, Reply


class Wish(StrEnum):
    """What is wanted; the last ones are notes `pledge.note.<value>` that are said before the summary comes again."""

    CONFIRM = "confirm"
    EDIT = "edit"
    AMOUNT = "amount"
    WHICH = "which_edit"
    NOT_YET = "not_confirmed"


_CONFIRMS = re.compile(
    r"(?:da |vang |u |ok )*(?:dong y|xac nhan|chap nhan|chot|ok(?:e|ay|i)?|(?:dung|duoc)(?: roi)?|vang|da|u|uh|yes|"
    r"confirm|agree|correct)(?: (?:a|nhe|nha|luon|roi|em|ban|het|di|dang ky|please))*[.! ]*"
)
_DENIES = re.compile(r"(?:da )?(?:khong|ko|k|chua|khoan|sai|no|not yet|wrong)\b")
_CHANGES = re.compile(r"\b(?:sua|doi|thay|chinh|nham|change|edit|correct the)\b")
#: What people call the answers; the first that fits and was asked is meant.
_CALLED = (
    (AMOUNT, re.compile(r"\b(?:so tien|muc|tien|amount|sum)\b")),
    (EXPECTED, re.compile(r"\b(?:so tien|du kien|tien|amount|sum)\b")),
    (PARTS, re.compile(r"\b(?:so thang|may thang|so dot|so lan|may dot|months|parts)\b")),
    (SCHEDULE, re.compile(r"\b(?:cach gop|hang thang|mot lan|dot|schedule|how often)\b")),
    (SHOWN, re.compile(r"\b(?:an danh|cong khai|hien ten|neu ten|cach ghi|shown?)\b")),
    (NAME, re.compile(r"\b(?:ten|name)\b")),
    # Where no name was asked for, the way to one leads here.
    (SHOWN, re.compile(r"\b(?:ten|name)\b")),
    (DONOR, re.compile(r"\b(?:ca nhan|nhom|cong ty|tu cach|nguoi gop|donor|who)\b")),
    (PEOPLE, re.compile(r"\b(?:so nguoi|nguoi|people)\b")),
    (GOODS, re.compile(r"\b(?:hien vat|mon|do|hang|goods|what)\b")),
    (PLACE, re.compile(r"\b(?:cho giao|noi giao|giao o|dia diem|where|place)\b")),
    (AREA, re.compile(r"\b(?:xa|phuong|noi nhan|area|commune)\b")),
    (PURPOSE, re.compile(r"\b(?:muc dich|viec gi|purpose)\b")),
    (CONTACT, re.compile(r"\b(?:dien thoai|sdt|lien he|lien lac|nhac|contact|phone)\b")),
    (KIND, re.compile(r"\b(?:loai|kind)\b")),
)


def editable(draft: Draft, offers: Offers) -> list[str]:
    """Return the questions whose answers a summary shows, and lets change."""
    return [question for question in draft.questions(offers) if question in draft.answers and question != "sure"]


def wish_in(draft: Draft, reply: Reply, offers: Offers) -> tuple[Wish, str]:
    """Return what a reply to the summary wants, and which answer it is about.

    Raises:
        NotUnderstood: none of it; or a confirmation of something else than is shown now.
    """
    if reply.pressed is not None:
        command, _, what = reply.pressed.partition(".")
        if command == "edit" and what in editable(draft, offers):
            return Wish.EDIT, what
        if command == "confirm" and what == draft.fingerprint and draft.asking == SUMMARY:
            return Wish.CONFIRM, ""
        raise NotUnderstood("changed_meanwhile")
    folded = reply.folded
    amount_of = EXPECTED if EXPECTED in draft.questions(offers) else AMOUNT
    if reply.amounts and amount_of in draft.questions(offers):
        return Wish.AMOUNT, amount_of
    if _CHANGES.search(folded):
        may = editable(draft, offers)
        named = next((question for question, words in _CALLED if question in may and words.search(folded)), None)
        return (Wish.WHICH, "") if named is None else (Wish.EDIT, named)
    if _CONFIRMS.fullmatch(folded):
        return Wish.CONFIRM, ""
    if _DENIES.match(folded):
        return Wish.NOT_YET, ""
    raise NotUnderstood
