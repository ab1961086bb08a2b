"""The pack for villages: the approved words for ears, walls and groups."""

import io
import zipfile

import cv2
import numpy as np
import pytest

from scheduler.actors import Refused
from scheduler.relay_pack import relay_pack, spoken
from store.clock import SetClock
from store.database import Database
from tests.qr import read_qr_image
from tests.scheduler.drafts import STARTER, approve, seen_by_guests, submitted
from tests.scheduler.people import desk_at, person, staff


async def test_a_pack_holds_script_poster_group_text_and_talking_points(database: Database, clock: SetClock) -> None:
    desk, author, second = desk_at(clock), await staff(database, clock, "mai"), await staff(database, clock, "lan")
    await person(database, clock.now(), "p")
    campaign, request = await submitted(database, desk, author, STARTER)
    await approve(database, desk, second, request)
    async with database.transaction() as connection:
        made = await relay_pack(connection, desk, author, campaign.id)
    names = zipfile.ZipFile(io.BytesIO(made.as_zip())).namelist()
    assert names == ["loa-phat-thanh.txt", "to-roi-A4.pdf", "tin-nhan-nhom.txt", "y-chinh.txt"]
    script = made.files["loa-phat-thanh.txt"].decode()
    assert "không để ai bị bỏ lại phía sau" in script and "http" not in script and "DỪNG" not in script
    assert " ".join(campaign.code) in script
    assert f"https://hoidap.example/kiem-chung/{campaign.code}" in made.files["tin-nhan-nhom.txt"].decode()
    assert "1. Xem nhà mình" not in made.files["tin-nhan-nhom.txt"].decode()
    poster = made.files["to-roi-A4.pdf"]
    assert poster.startswith(b"%PDF") and poster.count(b"/Type /Page\n") == 1


async def test_there_is_no_pack_of_words_that_nobody_approved(database: Database, clock: SetClock) -> None:
    desk, author = desk_at(clock), await staff(database, clock, "mai")
    campaign = await seen_by_guests(database, desk, author)
    async with database.transaction() as connection:
        with pytest.raises(Refused, match="not_sent_yet"):
            await relay_pack(connection, desk, author, campaign.id)


def test_what_is_read_out_has_no_bullets_and_no_abbreviations() -> None:
    assert spoken("• gặp UBND xã\n• thẻ BHYT") == "gặp Ủy ban nhân dân xã\nthẻ bảo hiểm y tế"


def test_the_code_on_the_poster_leads_to_the_page_of_the_campaign() -> None:
    import segno

    picture = io.BytesIO()
    segno.make("https://hoidap.example/kiem-chung/ABC2345", error="m").save(picture, kind="png", scale=12, border=2)
    image = cv2.imdecode(np.frombuffer(picture.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    assert read_qr_image(image) == "https://hoidap.example/kiem-chung/ABC2345"
