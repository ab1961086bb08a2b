"""A campaign of each kind, from draft to the phones of Telegram, Zalo Bot and Zalo: free, paid, template, by number."""

from pathlib import Path
from typing import Any

import pytest

from content.campaigns import CampaignContent
from scheduler.preview import preview_campaign
from store.clock import SetClock
from store.database import Database
from store.queries.campaigns import get_campaign
from tests.scheduler.drafts import content
from tests.scheduler.everywhere import (
    BILLED,
    FREE,
    PRICES,
    TELEGRAM,
    TELEPHONE,
    TEMPLATE,
    TEMPLATE_ID,
    WAYS,
    ZALO_BOT,
    Everywhere,
    everywhere,
    words_of,
)
from tests.scheduler.people import desk_at
from tests.scheduler.test_campaigns_over_http import run_of
from tests.scheduler.test_leaving import left
from tests.sending import progress, run_row, send_everything
from tests.sounds import silent_ogg

ASKS = "Bà con muốn học nghề gì?"
A, B = "Bà con xem nhà mình có thể được hưởng gì.", "Nhà mình có thể được hưởng gì, bà con xem nhé."
#: Where free text may go: everybody but those who have been silent for more than seven days.
BY_WORDS = tuple(way for way in WAYS if way not in (TEMPLATE, TELEPHONE))


def kind(**changes: Any) -> CampaignContent:
    """A campaign that may cost, with the template that says the same where no words may go."""
    values = {"place": "Xã Mẫu (mẫu)", "matter": "Chính sách hỗ trợ hộ nghèo"}
    return content(may_cost=True, template={"id": TEMPLATE_ID, "values": values}, **changes)


KINDS = {
    "news": kind(buttons=[]),
    "button into a flow": kind(),
    "poll": kind(
        buttons=[],
        poll=[{"words": {"vi": ASKS}, "options": [{"vi": "May"}, {"vi": "Điện"}, {"vi": "Chăn nuôi"}]}],
    ),
    "two versions": kind(texts={"A": {"words": {"vi": A}}, "B": {"words": {"vi": B}}}),
    "picture and recording": kind(
        texts={"A": {"words": {"vi": A}, "image": "https://hoidap.example/anh.png", "audio": {"vi": "/audio/loi.ogg"}}}
    ),
}


@pytest.mark.parametrize("name", KINDS)
async def test_each_kind_reaches_everybody_once_by_the_way_that_is_open_to_them(
    database: Database, clock: SetClock, tmp_path: Path, name: str
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "loi.ogg").write_bytes(silent_ogg())
    async with everywhere(database, clock, tmp_path) as made:
        # One of those who are silent is reached by the account's own id of them, the other by telephone number.
        made.world.zalo.add_person({"id": made.people[TELEPHONE], "inactive": True})
        before = {way: len(made.phone(way)) for way in WAYS}
        campaign = await left(database, clock, KINDS[name], people=(), prices=PRICES)
        made.world.zalo.set_clock(clock.now())
        await send_everything(made.sender, clock)
        arrived = {way: made.phone(way)[before[way] :] for way in WAYS}

        for way in BY_WORDS:
            assert words_of(arrived[way]).count(campaign.code) == 1, way
        for way in (TEMPLATE, TELEPHONE):
            (line,) = arrived[way]
            assert "Xã Mẫu (mẫu)" in line.text and line.note == "template", way
        assert "có tính phí" in arrived[BILLED][-1].note and not arrived[FREE][-1].note
        _CHECKS[name](made, arrived)

        run = await run_of(database, campaign.id)
        assert (await progress(database, run)).by_state == {"sent": len(WAYS)}
        assert (await run_row(database, run)).state == "finished"


def _news(made: Everywhere, arrived: dict[str, Any]) -> None:
    for way in BY_WORDS:
        (line,) = arrived[way]
        assert A in line.text and not line.buttons


def _button(made: Everywhere, arrived: dict[str, Any]) -> None:
    for way in (TELEGRAM, FREE, BILLED):
        (line,) = arrived[way]
        assert [one.title for one in line.buttons] == ["Xem"] and "check_eligibility" in line.buttons[0].press
    # No buttons there: what one stands for is a number to type.
    (line,) = arrived[ZALO_BOT]
    assert "1. Xem" in line.text


def _poll(made: Everywhere, arrived: dict[str, Any]) -> None:
    for way in BY_WORDS:
        (line,) = arrived[way]
        assert ASKS in line.text
        shown = [one.title for one in line.buttons] or line.text.splitlines()
        assert [any(option in one for one in shown) for option in ("May", "Điện", "Chăn nuôi")] == [True] * 3


def _versions(made: Everywhere, arrived: dict[str, Any]) -> None:
    for way in BY_WORDS:
        (line,) = arrived[way]
        assert (A in line.text) != (B in line.text), way


def _picture(made: Everywhere, arrived: dict[str, Any]) -> None:
    for way in (ZALO_BOT, FREE, BILLED):
        assert sum(line.image == "https://hoidap.example/anh.png" for line in arrived[way]) == 1, way
    # A picture from elsewhere is a link on Telegram, a recording of ours is a voice note.
    assert "https://hoidap.example/anh.png" in words_of(arrived[TELEGRAM])
    assert [line.note for line in arrived[TELEGRAM]] == ["voice", ""]
    for way in (ZALO_BOT, FREE, BILLED):
        assert "https://hoidap.example/audio/loi.ogg" in words_of(arrived[way]), way


_CHECKS = dict(zip(KINDS, (_news, _button, _poll, _versions, _picture), strict=True))


async def test_before_approval_it_is_seen_how_many_go_by_which_way_and_what_that_will_cost(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    async with everywhere(database, clock, tmp_path) as made:
        campaign = await left(database, clock, KINDS["picture and recording"], people=(), prices=PRICES)
        async with database.transaction() as connection:
            found = await get_campaign(connection, campaign.id)
            assert found is not None
            seen = (await preview_campaign(connection, desk_at(clock, prices=PRICES), found)).breakdown
        made.world.zalo.set_clock(clock.now())
        await send_everything(made.sender, clock)
    assert seen.by_route == {"telegram": 1, "zalo_bot": 1, "zalo_free": 1, "zalo_billed": 1, "zbs_template": 2}
    # A picture above buttons is a message of its own, and Zalo counts both.
    assert sum(bool(one["billed"]) for one in made.world.sent) == 2
    assert seen.cost == 2 * 55 + 2 * 200
