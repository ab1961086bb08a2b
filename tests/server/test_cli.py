"""The command line: results on standard output, one clear line on bad input, a non-zero exit."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import typer
from typer.core import TyperGroup

from server.cli import COMMANDS, command_line, table_of_commands
from server.settings import PROJECT


def chungtay(*words: str, data_dir: Path | None = None, timeout: float = 150) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "chungtay"), *words]
    if data_dir is not None:
        command += ["--data-dir", str(data_dir)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=timeout, check=False)


def assert_one_clear_line(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("chungtay: ")]
    assert len(lines) == 1, done.stderr


@pytest.mark.parametrize("command", ["run", "serve", "ask", "evaluate", "train", "check", "docs", "db upgrade"])
def test_every_command_explains_itself(command: str) -> None:
    done = chungtay(*command.split(), "--help")
    assert done.returncode == 0 and "Usage" in done.stdout


def test_the_table_of_commands_says_of_each_what_it_says_of_itself() -> None:
    told, real = (typer.main.get_command(made) for made in (table_of_commands(), command_line()))
    assert isinstance(told, TyperGroup) and isinstance(real, TyperGroup)
    assert list(told.commands) == list(COMMANDS)
    lines = {name: found.get_short_help_str(200) for name, found in told.commands.items()}
    assert lines == {name: found.get_short_help_str(200) for name, found in real.commands.items()}
    done = chungtay("--help")
    assert done.returncode == 0 and all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize(
    ("module", "spared"),
    [
        (
            "server.roles.delivery",
            {"console.access", "scheduler", "rasa_sdk", "fpdf", "openpyxl", "alembic"},
        ),
        ("server.roles.scheduler", {"console.access", "rasa_sdk", "fpdf", "openpyxl", "alembic"}),
        ("server.roles.conversation", {"console.access", "scheduler", "fpdf", "openpyxl", "alembic"}),
        ("server.roles.web", {"rasa_sdk", "fpdf", "openpyxl", "alembic"}),
        ("server.cli", {"sqlalchemy", "fastapi", "server.settings"}),
    ],
)
def test_a_process_loads_what_its_role_needs(module: str, spared: set[str]) -> None:
    """What is loaded at a start takes processor from those that others wait for."""
    loaded = f"import sys, server.runtime, {module}; print(*sys.modules)"
    if module == "server.cli":
        loaded = loaded.replace("server.runtime, ", "")
    done = subprocess.run([sys.executable, "-c", loaded], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert spared & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    "words",
    [
        ["ask", ""],
        ["ask", "\u200b"],
        ["ask", "hộ nghèo", "--on", "2026-02-30"],
        ["ask", "hộ nghèo", "--on", "hôm nay"],
        ["ask", "hộ nghèo", "--language", "xx"],
        ["ask", "hộ nghèo " * 500],
        ["serve", "--roles", "web,coffee"],
        ["serve", "--roles", ""],
        ["evaluate", "/nowhere.tsv"],
        ["check", "--on", "2026-13-01"],
    ],
)
def test_bad_input_gets_one_clear_line(words: list[str]) -> None:
    assert_one_clear_line(chungtay(*words))


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHUNGTAY_PORT", "many")
    done = chungtay("db", "upgrade")
    assert_one_clear_line(done)
    assert "port" in done.stderr


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///x.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_used_gets_one_clear_line(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert_one_clear_line(chungtay("db", "upgrade"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("question\ttopic\nhộ nghèo là gì\tpoverty\n", "line 2"),
        ("text\tlabel\na\tb\n", "columns question and topic"),
        ("question\ttopic\n", "no questions"),
    ],
)
def test_a_faulty_question_file_is_refused_with_its_line(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "questions.tsv"
    file.write_text(content, encoding="utf-8")
    done = chungtay("evaluate", str(file))
    assert_one_clear_line(done)
    assert complaint in done.stderr


def test_check_finds_the_shipped_content_in_order() -> None:
    done = chungtay("check", "--json", "--on", "2026-11-24")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["problems"] == []


def test_check_fails_when_review_stamps_have_run_out() -> None:
    done = chungtay("check", "--json", "--on", "2027-12-24")
    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"]


@pytest.fixture(scope="module")
def running(model: Path) -> Iterator[Path]:
    """`chungtay run` on its own data directory, as a person starts it; stopped with SIGTERM at the end."""
    data_dir = Path(tempfile.mkdtemp(prefix="chungtay-cli-"))
    data_dir.chmod(0o755)
    (data_dir / "models").symlink_to(model.parent)
    command = [
        str(Path(sys.executable).parent / "chungtay"),
        "run",
        "--port",
        "0",
        "--data-dir",
        str(data_dir),
        "--demo",
    ]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    printed = []
    for line in process.stdout:
        printed.append(line)
        if line.startswith("Ready to answer"):
            break
    assert printed[0].startswith("Chung Tay: http://127.0.0.1:"), printed
    yield data_dir
    process.terminate()
    assert process.wait(30) == 0
    deadline = time.monotonic() + 30
    while left := [
        p.pid for p in psutil.process_iter(["cmdline"]) if str(data_dir) in " ".join(p.info["cmdline"] or [])
    ]:
        assert time.monotonic() < deadline, f"left running: {left}"
        time.sleep(0.2)
    shutil.rmtree(data_dir)


def test_a_second_run_on_the_same_data_directory_is_refused(running: Path) -> None:
    done = chungtay("run", "--port", "0", data_dir=running)
    assert_one_clear_line(done)
    assert "running already" in done.stderr


def test_a_port_that_is_taken_is_named(model: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = chungtay("serve", "--roles", "web", "--port", port, data_dir=tmp_path)
    assert_one_clear_line(done)
    assert port in done.stderr and "--port" in done.stderr


def test_the_same_question_on_three_days_has_three_answers(running: Path) -> None:
    found = {}
    for on in ("2018-05-01", "2024-05-01", "2027-02-01"):
        done = chungtay("ask", "ho ngheo o nong thon thu nhap bao nhieu", "--on", on, "--json", data_dir=running)
        assert done.returncode == 0, done.stderr
        (message,) = json.loads(done.stdout)["messages"]
        assert message["valid"]["from"] <= on <= message["valid"]["to"]
        found[on] = message
    assert "700.000 đồng" in found["2018-05-01"]["text"]
    assert "1.500.000 đồng" in found["2024-05-01"]["text"]
    assert "2.200.000 đồng" in found["2027-02-01"]["text"]
    sources = [{source["document"] for source in message["sources"]} for message in found.values()]
    assert "59/2015" in str(sources[0]) and "07/2021" in str(sources[1]) and "351/2025" in str(sources[2])


def test_today_is_answered_with_the_change_that_is_coming(running: Path) -> None:
    done = chungtay("ask", "ho ngheo o nong thon thu nhap bao nhieu", "--on", "2026-11-23", "--json", data_dir=running)
    (message,) = json.loads(done.stdout)["messages"]
    assert "1.500.000 đồng" in message["text"]
    assert "01/01/2027" in message["text"] and "2.200.000 đồng" in message["text"]
    english = chungtay("ask", "ho ngheo o nong thon thu nhap bao nhieu", "--language", "en", data_dir=running)
    assert "VND 1,500,000" in english.stdout and "1 January 2027" in english.stdout


def test_evaluate_prints_the_figures_of_a_question_file(running: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.tsv"
    rows = [
        ("hộ nghèo vay ngân hàng chính sách được bao nhiêu tiền", "credit_loan", ""),
        ("thẻ bảo hiểm y tế cho hộ cận nghèo được hỗ trợ bao nhiêu", "health_insurance", ""),
        ("đi khám có thẻ bhyt được trả bao nhiêu", "legal_aid", "also:health_insurance"),
        ("xin chào", "chitchat", ""),
    ]
    file.write_text("question\ttopic\tnote\n" + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    done = chungtay("evaluate", str(file), "--strip-diacritics", "--json", data_dir=running)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["questions"] == 4
    assert report["accuracy"] == 1.0 and report["macro_f1"] == 1.0
    assert set(report["topics"]) == {"credit_loan", "health_insurance", "chitchat"}
