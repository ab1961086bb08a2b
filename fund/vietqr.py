"""VietQR: the EMVCo payload of a transfer by NAPAS 247, written and read.

Every field is two digits of tag, two digits of length, value. The last field is a checksum over all before it. Payloads
of ours are ASCII only: with other letters, banks disagree whether a length counts characters or bytes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from content.folding import fold

#: What begins tag 38 of every VietQR: the application id of NAPAS.
NAPAS = "A000000727"
#: Tag 38-02: what is paid to. Ours is always an account.
TO_ACCOUNT, TO_CARD = "QRIBFTTA", "QRIBFTTC"
_SERVICES = frozenset({TO_ACCOUNT, TO_CARD, "QRPUSH", "QRCASH"})
VND = "704"
#: Longest memo that all banks carry (NAPAS format note); the code alone takes 10.
MOST_MEMO = 25
#: Longest amount in digits.
MOST_AMOUNT_DIGITS = 13

_ACCOUNT = re.compile(r"[0-9A-Z]{1,19}")
_BIN = re.compile(r"\d{6}")


class MalformedQr(ValueError):
    """A text that is no VietQR payload; the message says what is wrong with it."""


@dataclass(frozen=True)
class Transfer:
    """What a VietQR asks for.

    Attributes:
        bank: six digits, the bank's identification number (BIN).
        account: number of the account or card.
        amount: whole đồng; None where the payer chooses.
        memo: tag 62-08, "purpose of transaction"; empty for none.
        service: tag 38-02.
        references: the other sub-fields of tag 62 as they are, for example `{"01": bill number}`.
        dynamic: made for one payment (tag 01 is 12).
    """

    bank: str
    account: str
    amount: int | None = None
    memo: str = ""
    service: str = TO_ACCOUNT
    references: Mapping[str, str] | None = None
    dynamic: bool | None = None


def crc16(text: str) -> int:
    """Return CRC-16/CCITT-FALSE of `text` (polynomial 0x1021, begins with 0xFFFF, nothing reflected).

    >>> f"{crc16('123456789'):04X}"
    '29B1'
    """
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def plain_memo(text: str) -> str:
    """Return `text` as a memo that every bank carries: ASCII letters, digits and single spaces, 25 at most."""
    words = re.sub(r"[^A-Za-z0-9]+", " ", fold(text)).split()
    return " ".join(words)[:MOST_MEMO].strip()


def _field(tag: str, value: str) -> str:
    if len(value) > 99:
        raise MalformedQr(f"field {tag} has {len(value)} characters; 99 fit")
    return f"{tag}{len(value):02}{value}"


def write_payload(transfer: Transfer) -> str:
    """Return the payload of a QR picture.

    Raises:
        MalformedQr: the bank, account, amount or memo cannot stand in one.
    """
    if not _BIN.fullmatch(transfer.bank):
        raise MalformedQr(f"“{transfer.bank}” is no bank number of six digits")
    if not _ACCOUNT.fullmatch(transfer.account):
        raise MalformedQr("an account has 1 to 19 digits or capital letters")
    if transfer.amount is not None and not 0 < transfer.amount < 10**MOST_AMOUNT_DIGITS:
        raise MalformedQr(f"an amount is above 0 and has at most {MOST_AMOUNT_DIGITS} digits")
    if not transfer.memo.isascii():
        raise MalformedQr("a memo is plain ASCII; see plain_memo")
    dynamic = transfer.amount is not None if transfer.dynamic is None else transfer.dynamic
    paid_to = _field("00", NAPAS)
    paid_to += _field("01", _field("00", transfer.bank) + _field("01", transfer.account))
    paid_to += _field("02", transfer.service)
    payload = _field("00", "01") + _field("01", "12" if dynamic else "11") + _field("38", paid_to) + _field("53", VND)
    if transfer.amount is not None:
        payload += _field("54", str(transfer.amount))
    payload += _field("58", "VN")
    more = dict(transfer.references or {})
    if transfer.memo:
        more["08"] = transfer.memo
    if more:
        payload += _field("62", "".join(_field(tag, value) for tag, value in sorted(more.items())))
    payload += "6304"
    return f"{payload}{crc16(payload):04X}"


def read_payload(payload: str) -> Transfer:
    """Return what a payload asks for.

    Raises:
        MalformedQr: lengths, checksum or contents are wrong, or it is another kind of QR.
    """
    payload = payload.strip()
    if len(payload) < 8 or payload[-8:-4] != "6304":
        raise MalformedQr("a checksum (field 63) is missing at the end")
    try:
        given = int(payload[-4:], 16)
    except ValueError as error:
        raise MalformedQr("the checksum is not hexadecimal") from error
    if given != crc16(payload[:-4]):
        raise MalformedQr("the checksum is wrong")
    fields = _fields(payload)
    paid_to = _fields(fields.get("38", ""))
    if fields.get("00") != "01" or paid_to.get("00") != NAPAS:
        raise MalformedQr("not a VietQR: field 38 does not name NAPAS")
    if fields.get("53") != VND or fields.get("58") != "VN":
        raise MalformedQr("not in đồng, or not in Vietnam")
    beneficiary = _fields(paid_to.get("01", ""))
    bank, account, service = beneficiary.get("00", ""), beneficiary.get("01", ""), paid_to.get("02", "")
    if not _BIN.fullmatch(bank) or not _ACCOUNT.fullmatch(account) or service not in _SERVICES:
        raise MalformedQr("bank, account or service is not as NAPAS writes them")
    amount = fields.get("54")
    if amount is not None and not re.fullmatch(r"[0-9]{1,13}", amount):
        raise MalformedQr("the amount is no whole number")
    more = _fields(fields.get("62", ""))
    memo = more.pop("08", "")
    dynamic = {"11": False, "12": True}.get(fields.get("01", ""))
    return Transfer(bank, account, int(amount) if amount else None, memo, service, more or None, dynamic)


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        tag, length = text[position : position + 2], text[position + 2 : position + 4]
        if not (tag.isdecimal() and len(length) == 2 and length.isdecimal()):
            raise MalformedQr(f"no field begins at character {position + 1}")
        value = text[position + 4 : position + 4 + int(length)]
        if len(value) != int(length):
            raise MalformedQr(f"field {tag} says {int(length)} characters and has {len(value)}")
        found[tag] = value
        position += 4 + int(length)
    return found
