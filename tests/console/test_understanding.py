"""Labelling and training from the console: one at a time, judged, published only when not worse."""

from pathlib import Path
from typing import Any

import pytest

import server.retraining
from console.shell.retraining import RetrainingRefused, TrainingState
from server.retraining import CandidateTraining
from store.clock import SetClock, local_date
from store.database import Database
from store.queries.open_questions import keep_open_question, label_question, open_questions
from store.queries.policy_requests import add_policy_request, close_policy_request, policy_requests
from tests.bot.helpdesk.desk import officer

JUDGED = "question\ttopic\nvay vốn hộ nghèo thế nào\tcredit_loan\n"


async def labelled(database: Database, clock: SetClock, text: str, topic: str) -> None:
    async with database.transaction() as connection:
        await keep_open_question(
            connection,
            text=text,
            folded=text,
            reason="unsure",
            topic_guess=None,
            confidence=0.3,
            statement=None,
            language="vi",
            asked_on=local_date(clock.now()),
        )
        (row,) = await open_questions(connection, states=["open"])
        await label_question(connection, number=row.id, label=topic, today=local_date(clock.now()))


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    file = tmp_path / "frozen.tsv"
    file.write_text(JUDGED, encoding="utf-8")
    return file


async def test_a_training_needs_labels_and_judges(
    database: Database, clock: SetClock, tmp_path: Path, frozen: Path
) -> None:
    without = CandidateTraining(database, clock, tmp_path, None)
    with pytest.raises(RetrainingRefused, match="no_frozen"):
        await without.begin()
    judged = CandidateTraining(database, clock, tmp_path, frozen)
    assert judged.judged_by == 1
    with pytest.raises(RetrainingRefused, match="nothing_labelled"):
        await judged.begin()
    await labelled(database, clock, "vay vốn hộ nghèo thế nào", "credit_loan")
    with pytest.raises(RetrainingRefused, match="nothing_labelled"):
        await judged.begin()
    with pytest.raises(RetrainingRefused, match="not_ready"):
        judged.publish()


@pytest.mark.parametrize("worse", [False, True])
async def test_only_a_candidate_that_is_not_worse_is_published(
    database: Database, clock: SetClock, tmp_path: Path, frozen: Path, monkeypatch: pytest.MonkeyPatch, worse: bool
) -> None:
    """Rasa's training itself is tested in tests/server/test_candidates.py; here its two models are given."""
    await labelled(database, clock, "muốn mượn tiền mua bò", "credit_loan")
    model = tmp_path / "candidates" / "model.tar.gz"
    answers = ["legal_aid" if worse else "credit_loan"] * 2

    def work(self: CandidateTraining, made: Any) -> Any:
        assert made.examples == (("credit_loan", "muốn mượn tiền mua bò"),)
        return model, ["credit_loan"] * 2, answers

    monkeypatch.setattr(server.retraining.CandidateTraining, "_work", work)
    training = CandidateTraining(database, clock, tmp_path, frozen)
    await training.begin()
    assert training.last.state is TrainingState.RUNNING
    with pytest.raises(RetrainingRefused, match="running"):
        await training.begin()
    await training.finished()
    assert training.last.comparison["with_diacritics"]["before"] == 1.0
    if worse:
        with pytest.raises(RetrainingRefused, match="not_ready"):
            training.publish()
        training.refuse()
        assert training.last.state is TrainingState.REFUSED
    else:
        training.publish()
        assert training.last.state is TrainingState.PUBLISHED
        assert "model.tar.gz" in (tmp_path / "models" / "published.json").read_text(encoding="utf-8")


async def test_a_request_to_the_policy_owners_stands_until_it_is_closed(database: Database, clock: SetClock) -> None:
    mai = await officer(database, clock)
    async with database.transaction() as connection:
        await add_policy_request(connection, question="vay mua bò", topic=None, by=mai.id, now=clock.now())
        (asked,) = await policy_requests(connection)
        assert (asked.question, asked.by_name) == ("vay mua bò", mai.name)
        assert await close_policy_request(connection, asked.id, by=mai.id, now=clock.now())
        assert not await close_policy_request(connection, asked.id, by=mai.id, now=clock.now())
        assert await policy_requests(connection) == []
