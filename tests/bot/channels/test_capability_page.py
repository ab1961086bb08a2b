"""The table of what channels can show keeps step with the code."""

from pathlib import Path

from bot.channels.capabilities import CAPABILITIES
from bot.channels.capability_page import capability_page

PAGE = Path(__file__).parents[3] / "docs" / "channel-capabilities.md"


def test_the_page_of_capabilities_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == capability_page(), "Run: uv run chungtay docs"


def test_the_page_has_a_column_for_each_channel() -> None:
    rows = [line for line in capability_page().splitlines() if line.startswith("| ")]
    assert {row.count("|") for row in rows} == {len(CAPABILITIES) + 2}
