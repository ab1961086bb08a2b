"""Webhooks are believed with the signatures of their providers only; the vectors are public or recomputed ones."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from fund.feeds import CHECKS, Feed, FeedRefused, MalformedFeed, casso_signature, lines_of, payos_signature

SEPAY_BODY = (
    b'{"id":92704,"gateway":"VietinBank","transactionDate":"2026-11-23 09:00:00","accountNumber":"100000000001",'
    b'"code":null,"content":"XNK7M2Q9XC ung ho","transferType":"in","transferAmount":50000,"accumulated":1050000,'
    b'"subAccount":null,"referenceCode":"FT26327000001","description":"XNK7M2Q9XC ung ho"}'
)
SEPAY_AT = datetime.fromtimestamp(1795399200, UTC)
SEPAY_HEADERS = {
    "x-sepay-timestamp": "1795399200",
    "x-sepay-signature": "sha256=3fdded50e1381799cdb2ac2236b06286bd877304ae3196da6c86fe0e0a895bbf",
}
CASSO_PUBLIC: dict[str, Any] = {
    "error": 0,
    "data": {
        "id": 0,
        "reference": "MA_GIAO_DICH_THU_NGHIEM",
        "description": "giao dich thu nghiem",
        "amount": 599000,
        "runningBalance": 25000000,
        "transactionDateTime": "2024-10-03 15:06:37",
        "accountNumber": "88888888",
        "bankName": "VPBank",
        "bankAbbreviation": "VPB",
        "virtualAccountNumber": "",
        "virtualAccountName": "",
        "counterAccountName": "NGUYEN VAN A",
        "counterAccountNumber": "8888888888",
        "counterAccountBankId": "970415",
        "counterAccountBankName": "VietinBank",
    },
}
CASSO_PUBLIC_KEY = "mgExMrjj4i7a1p8Cs6LmFbpCd8lbw4sSX4LZXPag7TKazeIogtR90tvWYTkwQbvs"
CASSO_PUBLIC_SIGNATURE = (
    "ed0a4bd2e826d5cb69988cdb141e6c1a080e21f3b57eb72cd78192220042b9e7"
    "dde0868fc667faea8e224900fa7904e7c88dfa098032fb2d6b6996856e8b7ff3"
)
CASSO: dict[str, Any] = {
    "error": 0,
    "data": {
        "id": 5001,
        "reference": "FT26327000001",
        "description": "XNK7M2Q9XC ung ho",
        "amount": 50000,
        "runningBalance": 1050000,
        "transactionDateTime": "2026-11-23 09:00:00",
        "accountNumber": "100000000001",
        "bankName": "VietinBank",
        "bankAbbreviation": "CTG",
        "virtualAccountNumber": "",
        "virtualAccountName": "",
        "counterAccountName": "",
        "counterAccountNumber": "",
        "counterAccountBankId": "",
        "counterAccountBankName": "",
    },
}
CASSO_SIGNATURE = (
    "ddbcb19489b3059219f31c4cb61c505ecfdc2a6356c6fa63261d8207314ac785"
    "3d6c83b0399edcf0377fd35329f2cd96994eed5127aefc9612e4ea50b59892d9"
)
PAYOS: dict[str, Any] = {
    "code": "00",
    "desc": "success",
    "success": True,
    "data": {
        "orderCode": 123,
        "amount": 3000,
        "description": "VQRIO123",
        "accountNumber": "12345678",
        "reference": "TF230204212323",
        "transactionDateTime": "2023-02-04 18:25:00",
        "currency": "VND",
        "paymentLinkId": "124c33293c43417ab7879e14c8d9eb18",
        "code": "00",
        "desc": "Thành công",
        "counterAccountBankId": "",
        "counterAccountBankName": "",
        "counterAccountName": "",
        "counterAccountNumber": "",
        "virtualAccountName": "",
        "virtualAccountNumber": "",
    },
    "signature": "412e915d2871504ed31be63c8f62a149a4410d34c4c42affc9006ef9917eaa03",
}
PAYOS_KEY = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675"


def test_the_signatures_are_those_of_the_providers() -> None:
    assert casso_signature("1727948258788", CASSO_PUBLIC, CASSO_PUBLIC_KEY) == CASSO_PUBLIC_SIGNATURE
    assert casso_signature("1795399200000", CASSO, "casso-test-key") == CASSO_SIGNATURE
    assert payos_signature(PAYOS["data"], PAYOS_KEY) == PAYOS["signature"]


CALLS: list[tuple[Feed, dict[str, str], bytes, str]] = [
    (Feed.SEPAY, SEPAY_HEADERS, SEPAY_BODY, "sepay-test-secret"),
    (Feed.SEPAY, {"authorization": "Apikey a-key"}, SEPAY_BODY, "a-key"),
    (
        Feed.CASSO,
        {"x-casso-signature": f"t=1795399200000,v1={CASSO_SIGNATURE}"},
        orjson.dumps(CASSO),
        "casso-test-key",
    ),
    (Feed.CASSO, {"secure-token": "a-token"}, orjson.dumps(CASSO), "a-token"),
    (Feed.PAYOS, {}, orjson.dumps(PAYOS), PAYOS_KEY),
]


@pytest.mark.parametrize(("feed", "headers", "body", "secret"), CALLS)
def test_a_right_signature_is_believed_and_a_wrong_secret_or_changed_amount_is_not(
    feed: Feed, headers: dict[str, str], body: bytes, secret: str
) -> None:
    CHECKS[feed](headers, body, secret, now=SEPAY_AT)
    with pytest.raises(FeedRefused):
        CHECKS[feed](headers, body, secret + "x", now=SEPAY_AT)
    if "authorization" not in headers and "secure-token" not in headers:
        for changed in (body.replace(b"50000", b"90000").replace(b":3000", b":9000"), b"", b"[]", b"{"):
            with pytest.raises(FeedRefused):
                CHECKS[feed](headers, changed, secret, now=SEPAY_AT)
    with pytest.raises(FeedRefused):
        CHECKS[feed]({}, SEPAY_BODY, secret, now=SEPAY_AT)


def test_a_signed_call_that_is_old_is_refused() -> None:
    with pytest.raises(FeedRefused, match="old"):
        CHECKS[Feed.SEPAY](SEPAY_HEADERS, SEPAY_BODY, "sepay-test-secret", now=SEPAY_AT + timedelta(minutes=6))


def test_the_same_movement_is_the_same_line_by_two_feeds() -> None:
    (sepay,), (casso,) = lines_of(Feed.SEPAY, SEPAY_BODY), lines_of(Feed.CASSO, orjson.dumps(CASSO))
    assert sepay.digest == casso.digest and sepay.amount == 50_000 and sepay.booked_on == date(2026, 11, 23)
    assert sepay.booked_at == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_money_out_is_below_nought_and_trial_calls_tell_nothing() -> None:
    out = SEPAY_BODY.replace(b'"in"', b'"out"')
    assert lines_of(Feed.SEPAY, out)[0].amount == -50_000
    assert lines_of(Feed.CASSO, orjson.dumps(CASSO_PUBLIC)) == []
    (line,) = lines_of(Feed.PAYOS, orjson.dumps(PAYOS))
    assert (line.amount, line.reference, line.memo) == (3000, "TF230204212323", "VQRIO123")


def test_the_older_shape_of_casso_is_read() -> None:
    body = {
        "error": 0,
        "data": [
            {
                "id": 7,
                "tid": "FT1",
                "description": "XNK7M2Q9XC",
                "amount": -20000,
                "cusum_balance": 5,
                "when": "2026-11-23 10:00:00",
                "bank_sub_acc_id": "100000000001",
                "corresponsiveName": "NGUYEN VAN MAU",
            }
        ],
    }
    (line,) = lines_of(Feed.CASSO, orjson.dumps(body))
    assert (line.account, line.amount, line.counter_name) == ("100000000001", -20_000, "NGUYEN VAN MAU")


@pytest.mark.parametrize("body", [b"{}", b'{"data": 5}', b'{"data": [5]}', b"[]", b'{"data": {"amount": 1.5}}'])
@pytest.mark.parametrize("feed", list(Feed))
def test_what_does_not_look_as_documented_is_said_to_be_malformed(feed: Feed, body: bytes) -> None:
    with pytest.raises(MalformedFeed):
        lines_of(feed, body)
