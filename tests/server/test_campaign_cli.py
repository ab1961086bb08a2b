"""`chungtay campaign …`: refusals are one line, results are JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import command_line
from server.postgres import EmbeddedPostgres


@pytest.fixture
def cli(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("DATABASE_URL", postgres.dsn(""))
    return CliRunner()


def test_starters_are_listed_without_a_database(cli: CliRunner) -> None:
    result = cli.invoke(command_line("campaign"), ["campaign", "starters", "--json"])
    assert "nep-nghi-cach-lam" in [one["id"] for one in json.loads(result.output)["starters"]]


def test_nobody_acts_without_an_account(cli: CliRunner, tmp_path: Path) -> None:
    arguments = ["campaign", "new", "--starter", "nep-nghi-cach-lam", "--as", "khong-co-ai"]
    result = cli.invoke(command_line("campaign"), arguments)
    assert result.exit_code == 2 and "nobody signs in as “khong-co-ai”" in result.output
    faulty = tmp_path / "content.yaml"
    faulty.write_text("- a list", encoding="utf-8")
    result = cli.invoke(command_line("campaign"), ["campaign", "new", "--file", str(faulty), "--as", "x"])
    assert result.exit_code == 2 and "holds no mapping" in result.output
