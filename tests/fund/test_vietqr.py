"""VietQR payloads are those of NAPAS byte for byte, and pictures of them are read by a decoder that is not ours."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fund.accounts import DEMO_ACCOUNT, Accounts, FundAccount
from fund.banks import BANKS
from fund.qr_picture import qr_png
from fund.vietqr import TO_CARD, MalformedQr, Transfer, crc16, plain_memo, read_payload, write_payload

#: Public examples, and three of made-up accounts; all checksums were computed by an independent routine.
VECTORS = {
    "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F": Transfer(
        "970416", "257678859"
    ),
    "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA53037045405100005802VN62150811Chuyen tien"
    "630453E6": Transfer("970416", "257678859", 10_000, "Chuyen tien"),
    "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811Chuyen tien"
    "6304BBB8": Transfer("970416", "257678859", 1_000, "Chuyen tien"),
    "00020101021138580010A000000727012800069704070114190304136010180208QRIBFTTA53037045802VN63040283": Transfer(
        "970407", "19030413601018"
    ),
    "00020101021138540010A00000072701240006970422011003523509170208QRIBFTTA53037045802VN630479DB": Transfer(
        "970422", "0352350917"
    ),
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS6869"
    "0819thanh toan don hang63042E2E": Transfer(
        "970403", "0011012345678", 180_000, "thanh toan don hang", references={"01": "NPS6869"}
    ),
    "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52": Transfer(
        "970403", "9704031101234567", service=TO_CARD
    ),
    "00020101021238540010A00000072701240006970436011010175956000208QRIBFTTA530370454061800005802VN62230819thanh toan"
    " don hang630470FA": Transfer("970436", "1017595600", 180_000, "thanh toan don hang"),
    "00020101021138620010A000000727013200069710250118PSP1234567890000000208QRIBFTTA53037045802VN62190515MOMOW2W1234"
    "56786304821F": Transfer("971025", "PSP123456789000000", references={"05": "MOMOW2W12345678"}),
    "00020101021238560010A0000007270126000697041501121000000000010208QRIBFTTA53037045405500005802VN62140810XNK7M2Q9XC"
    "6304C644": Transfer("970415", "100000000001", 50_000, "XNK7M2Q9XC"),
    "00020101021238570010A00000072701270006970422011300001234567890208QRIBFTTA530370454062500005802VN62220818XN"
    " K7M2Q9XC ung ho630415A4": Transfer("970422", "0000123456789", 250_000, "XN K7M2Q9XC ung ho"),
    "00020101021138570010A00000072701270006970405011315002012345670208QRIBFTTA53037045802VN62140810XNK7M2Q9XC"
    "630485ED": Transfer("970405", "1500201234567", None, "XNK7M2Q9XC"),
}


def decoded(png: bytes, side: int) -> str:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    shown = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    return str(cv2.QRCodeDetector().detectAndDecode(shown)[0])


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc16("123456789") == 0x29B1


@pytest.mark.parametrize(("payload", "transfer"), VECTORS.items())
def test_every_public_payload_is_written_byte_for_byte(payload: str, transfer: Transfer) -> None:
    assert write_payload(transfer) == payload


@pytest.mark.parametrize(("payload", "transfer"), VECTORS.items())
def test_every_public_payload_is_read(payload: str, transfer: Transfer) -> None:
    found = read_payload(payload)
    assert (found.bank, found.account, found.amount, found.memo, found.service, found.references) == (
        transfer.bank,
        transfer.account,
        transfer.amount,
        transfer.memo,
        transfer.service,
        transfer.references,
    )
    assert read_payload(payload[:-4] + payload[-4:].lower()) == found


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (
            "00020101021238530010A0000007270123000697041601092576788590208QRIBFTTA5303704540410005802VN62150811"
            "Chuyen tien6304BBB5",
            "checksum",
        ),
        # Printed in the format's own text: the checksum is right, the lengths inside are not.
        (
            "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5",
            "begins|has|as NAPAS",
        ),
        ("", "checksum"),
        ("xin chào", "checksum"),
        ("6304ZZZZ", "hexadecimal"),
    ],
)
def test_what_is_no_payload_is_refused_and_says_why(payload: str, said: str) -> None:
    with pytest.raises(MalformedQr, match=said):
        read_payload(payload)


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(MalformedQr):
        read_payload(text)


@given(
    st.sampled_from(sorted(BANKS)),
    st.from_regex(r"[0-9]{6,19}", fullmatch=True),
    st.none() | st.integers(1, 10**13 - 1),
    st.text(max_size=60),
)
def test_what_is_written_is_read_again(bank: str, account: str, amount: int | None, memo: str) -> None:
    transfer = Transfer(bank, account, amount, plain_memo(memo))
    assert read_payload(write_payload(transfer)) == Transfer(
        bank, account, amount, plain_memo(memo), dynamic=amount is not None
    )


@pytest.mark.parametrize(
    "payload",
    [
        *VECTORS,
        str(FundAccount(bank="970415", number="1234567890123456789", holder="MAU").payload("XNK7M2Q9XC", 10**13 - 1)),
    ],
)
@pytest.mark.parametrize("side", [200, 390])
def test_pictures_are_read_by_another_decoder_at_the_size_of_a_small_phone(payload: str, side: int) -> None:
    assert decoded(qr_png(payload), side) == payload
    assert decoded(qr_png(payload, side=side), side) == payload


def test_memos_are_plain_and_short() -> None:
    assert plain_memo("Ủng hộ  Quỹ “Vì người nghèo” xã Đăk Hà") == "Ung ho Quy Vi nguoi ngheo"


def test_an_account_at_the_treasury_is_text_only_and_the_demo_account_is_no_account() -> None:
    treasury = FundAccount(bank="Kho bạc Nhà nước", number="3713.0.1234567.00000", holder="UBMTTQ")
    assert treasury.number == "3713012345670000" + "0" and treasury.payload("XNK7M2Q9XC", 1) is None
    demo = read_payload(str(DEMO_ACCOUNT.payload("XNK7M2Q9XC", 50_000)))
    assert demo.bank == "000000" and demo.bank not in BANKS and "KHÔNG CÓ THẬT" in DEMO_ACCOUNT.bank_name


def test_a_commune_with_an_account_of_its_own_is_paid_there() -> None:
    province = FundAccount(bank="970415", number="100000000001", holder="MAU A")
    commune = FundAccount(bank="970405", number="1500201234567", holder="MAU B", level="commune", commune="23284")
    accounts = Accounts([province, commune])
    assert accounts.for_commune("23284") == commune and accounts.for_commune("23341") == province
    assert accounts.by_number("1500 2012 34567") == commune and Accounts().for_commune(None) is None
