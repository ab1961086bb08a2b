"""`chungtay questions`, as staff type it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from server.cli import command_line
from store.database import Database
from store.queries.open_questions import keep_open_question
from tests.store.test_open_questions import DAY

ASKED = {
    "the bao hiem bi mat thi lam sao": "health_insurance",
    "xin [số] đồng mua bò": "credit_loan",
    "vay vốn [mua](trâu) ở đâu": "credit_loan",
    "lương hưu của tôi tính thế nào": "social_assistance",
}


@pytest.fixture
async def chungtay(database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABASE_URL", database.url)
    app = command_line("questions")
    async with database.transaction() as connection:
        for number, (words, topic) in enumerate(ASKED.items()):
            await keep_open_question(
                connection,
                text=words,
                folded=f"{number} {words}",
                reason="unsure",
                topic_guess=topic,
                confidence=0.3,
                statement=None,
                language="vi",
                asked_on=DAY,
            )

    async def run(*words: object) -> Result:
        # A thread of its own: a command runs its own event loop.
        return await asyncio.to_thread(CliRunner().invoke, app, ["questions", *map(str, words)])

    return run


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "frozen.tsv"
    file.write_text("question\ttopic\nLuong huu cua toi tinh the nao?\tsocial_assistance\n", encoding="utf-8")
    yield file


async def listed(chungtay: Any, *words: object) -> list[dict[str, Any]]:
    done = await chungtay("list", "--json", *words)
    assert done.exit_code == 0, done.output
    return [question for group in json.loads(done.stdout)["groups"] for question in group["questions"]]


async def test_questions_are_listed_labelled_and_exported(chungtay: Any, frozen: Path, tmp_path: Path) -> None:
    questions = await listed(chungtay)
    assert {question["text"] for question in questions} == set(ASKED)
    assert [q["topic_guess"] for q in await listed(chungtay, "--topic", "social_assistance")] == ["social_assistance"]
    assert await listed(chungtay, "--since", "2026-11-02") == []
    number = {question["text"]: question["id"] for question in questions}
    for words, topic in list(ASKED.items())[:2] + list(ASKED.items())[3:]:
        assert (await chungtay("label", number[words], topic)).exit_code == 0
    out = tmp_path / "learned.yml"
    done = await chungtay("export", "--out", out, "--frozen", frozen, "--json")
    assert done.exit_code == 0, done.output
    left_out = {one["id"]: one["reason"] for one in json.loads(done.stdout)["left_out"]}
    masked, unlabelled, judging = (number[words] for words in list(ASKED)[1:])
    assert left_out == {masked: "personal_data", unlabelled: "unlabelled", judging: "frozen"}
    (entry,) = yaml.safe_load(out.read_text(encoding="utf-8"))["nlu"]
    assert entry == {"intent": "health_insurance", "examples": "- the bao hiem bi mat thi lam sao\n"}


async def test_a_question_is_written_anew_or_put_aside(chungtay: Any, frozen: Path, tmp_path: Path) -> None:
    masked, brackets = (question["id"] for question in (await listed(chungtay, "--topic", "credit_loan")))
    refused = await chungtay("label", masked, "credit_loan", "--text", "xin 0905123456 mua bò")
    assert refused.exit_code == 2
    assert (await chungtay("label", masked, "credit_loan", "--text", "xin vay tiền mua bò")).exit_code == 0
    assert (await chungtay("label", brackets, "credit_loan")).exit_code == 0
    out = tmp_path / "learned.yml"
    assert (await chungtay("export", "--out", out, "--frozen", frozen)).exit_code == 0
    (entry,) = yaml.safe_load(out.read_text(encoding="utf-8"))["nlu"]
    assert entry["examples"] == "- xin vay tiền mua bò\n- vay vốn mua trâu ở đâu\n"
    assert (await chungtay("label", masked, "--ignore")).exit_code == 0
    assert masked not in [question["id"] for question in await listed(chungtay, "--labelled")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("label", "1"), 2),
        (("label", "1", "credit_loan", "--ignore"), 2),
        (("label", "1", "no_topic"), 2),
        (("label", "999999", "credit_loan"), 1),
        (("list", "--topic", "no_topic"), 2),
        (("list", "--since", "yesterday"), 2),
        (("export", "--out", "/nowhere/learned.yml"), 1),
        (("retrain",), 2),
        (("retrain", "--frozen", "/nowhere.tsv"), 2),
        (("back",), 1),
    ],
)
async def test_bad_input_ends_with_one_line(
    chungtay: Any, words: tuple[str, ...], code: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    where = ("--data-dir", tmp_path) if words[0] in ("retrain", "back") else ()
    done = await chungtay(*words, *where)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output


async def test_with_nothing_labelled_there_is_nothing_to_teach(chungtay: Any, frozen: Path, tmp_path: Path) -> None:
    done = await chungtay("retrain", "--frozen", frozen, "--data-dir", tmp_path)
    assert done.exit_code == 1 and "nothing to teach" in done.output
