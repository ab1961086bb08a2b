"""The signature of events: every vector of the reference, and each documented way to sign (A14)."""

from dataclasses import replace

import pytest

from bot.channels.zalo.account import ZaloAccount
from bot.channels.zalo.client import appsecret_proof
from bot.channels.zalo.events import parse_event
from bot.channels.zalo.signature import mac_of, matching_candidate
from tests.standins.zalo import APP_ID, OA_ID, OA_KEY
from tests.standins.zalo_webhook import STYLES, Signing

BODY = (
    '{"app_id":"1234567890123456789","user_id_by_app":"9000000000000000001","event_name":"user_send_text",'
    '"timestamp":"1795399200000","sender":{"id":"7000000000000000001"},"recipient":{"id":"5000000000000000001"},'
    '"message":{"msg_id":"m-0001","text":"Tôi muốn hỏi về hộ nghèo"}}'
).encode()
ACCOUNT = ZaloAccount(oa_id=OA_ID, app_id=APP_ID, app_secret="test-app-secret", webhook_key=OA_KEY)


def fits(signature: str, header: str | None = None, account: ZaloAccount = ACCOUNT) -> str | None:
    stamp = parse_event(BODY).timestamp
    found = matching_candidate(account, BODY, signature, header_timestamp=header, body_timestamp=stamp)
    return str(found) if found is not None else None


def test_a14_the_body_of_the_vectors_has_its_282_bytes() -> None:
    assert len(BODY) == 282


def test_a14_vector_with_the_timestamp_of_the_body() -> None:
    mac = "f4c353ad35d18cae7d64eddafe71882c5d55155cff829770a1ed2dea727677ec"
    assert fits(f"mac={mac}") == fits(mac) == fits(f" mac={mac.upper()} ") == "body/app_id/oa_secret_key"


def test_a14_vector_with_the_timestamp_of_the_header() -> None:
    mac = "mac=5dd8cc959f7bf50f229bcbba9cea0f5ba0d98353c1797313ae34e6ebfa2a1854"
    assert fits(mac, "1795399201234") == "header/app_id/oa_secret_key"
    assert fits(mac) is None


@pytest.mark.parametrize(
    "mac",
    [
        # Over JSON that was read and written again.
        "74e215f7479d0d11d0ed7f8e2f237db73e4987b64df26585d7cb245005d236c5",
        # An HMAC, the frequent mistake.
        "0a15727173eb1d4dc80002caa3651c80479b768c1ba7fe6d7eb2e2feeb233034",
        "",
        "mac=",
        "mac=không phải",
    ],
)
def test_a14_vectors_that_must_not_be_taken(mac: str) -> None:
    assert fits(mac) is None


def test_a14_each_of_the_eight_documented_ways_is_taken_and_named() -> None:
    named = set()
    for timestamp, stamp in (("body", "1795399200000"), ("header", "1795399201234")):
        for first in (APP_ID, OA_ID):
            for key in (OA_KEY, "test-app-secret"):
                found = fits(mac_of(first, BODY, stamp, key), "1795399201234")
                assert found is not None and found.startswith(timestamp)
                named.add(found)
    assert len(named) == 8


def test_without_a_key_of_its_own_the_secret_of_the_application_signs() -> None:
    mac = mac_of(APP_ID, BODY, "1795399200000", "test-app-secret")
    assert fits(mac, account=replace(ACCOUNT, webhook_key=None)) == "body/app_id/app_secret"


@pytest.mark.parametrize("style", STYLES)
def test_d08_bodies_are_signed_as_they_were_written(style: str) -> None:
    signing = Signing(APP_ID, OA_ID, OA_KEY, "test-app-secret", style=style)
    event = {"event_name": "follow", "timestamp": "1795399200000", "note": "hộ nghèo / cận nghèo"}
    body, headers = signing.signed(event)
    found = matching_candidate(
        ACCOUNT, body, headers["X-ZEvent-Signature"], header_timestamp=None, body_timestamp="1795399200000"
    )
    assert found is not None
    assert parse_event(body).timestamp == "1795399200000"


def test_a5_the_proof_of_the_application_has_its_check_value() -> None:
    expected = "c7a7a56a58d03b05def128144d755b6c5bd4ba6b88fbfd8a59a909c862e52d7b"
    assert appsecret_proof("test-app-secret", "test-access-token") == expected
