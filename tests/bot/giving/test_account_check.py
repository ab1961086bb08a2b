"""Is this account really the fund's? Through the real system."""

import pytest
from sqlalchemy import text

from server.runtime import Runtime
from tests.bot.giving.talk import ACCOUNT, Donor


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("written", ["100000000077", "1000 0000 0077", "1000-0000-0077"])
async def test_the_account_that_two_people_set_is_official(donor: Donor, written: str) -> None:
    said = await donor.say(f"tài khoản {written} có phải của Quỹ vì người nghèo không?")
    assert "chính thức" in said and ACCOUNT["holder"] in said and "✖" not in said


@pytest.mark.usefixtures("account")
async def test_a_strange_account_is_not_paid_to_not_repeated_and_reported_once(donor: Donor, system: Runtime) -> None:
    said = await donor.say("có người nhắn chuyển vào stk 0987001234 MB để ủng hộ người nghèo, có thật không?")
    assert "Đừng chuyển" in said and "…1234" in said and "0987001234" not in said
    await donor.press("Báo cán bộ")
    assert "Đã báo" in donor.last[-1]["text"]
    async with system.database.transaction() as connection:
        found = await connection.execute(
            text("select count(*) from account_report where subject = '0987001234' and words like '%MB%'")
        )
        assert found.scalar_one() == 1


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    "words",
    [
        "trang http://quy-vi-nguoi-ngheo.top/nhan-tien có thật không",
        "số tài khoản 001088054321 có đúng của quỹ không",
        "0987001234",
        "stk ủng hộ người nghèo 19036789 0123 phải không",
    ],
)
async def test_what_is_not_known_is_never_called_official(donor: Donor, words: str) -> None:
    said = await donor.say(words)
    assert "✖" in said and "chính thức của Quỹ, tại" not in said


async def test_without_an_account_every_account_is_unknown(donor: Donor) -> None:
    said = await donor.say(f"tài khoản {ACCOUNT['number']} có phải của Quỹ vì người nghèo không?")
    assert "✖" in said and "chưa có tài khoản nào được công bố" in said
