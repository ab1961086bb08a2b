"""`chungtay run`, all in one process, killed as a whole while people talk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.crash.attack import attack
from tests.crash.layout import POSTGRES, RASA, Layout, deployed, everything_in_one


@pytest_asyncio.fixture(scope="module")
async def layout(model: Path) -> AsyncIterator[Layout]:
    async with deployed(everything_in_one, model) as one:
        yield one


async def test_everybody_is_answered_once_and_in_order_while_everything_is_killed_again_and_again(
    layout: Layout,
) -> None:
    report = await attack(layout, ["run", RASA, POSTGRES, "run"], seed=1, people=30, messages=5, seconds=30)
    print(report)
    assert not report.verdict.complaints
    assert not report.in_database


async def test_nothing_keeps_running_after_the_process_was_killed(layout: Layout) -> None:
    assert len(layout.rasa()) == 1 and layout.postmaster() is not None
    assert layout.keeping is not None
    layout.keeping.cancel()
    layout.parts["run"].kill()
    await layout.wait_until_gone()
    assert layout.processes() == []
