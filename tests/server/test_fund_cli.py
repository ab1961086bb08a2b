"""`chungtay fund …`: a statement from the file to the seal, two people, refusals as one line."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.cli import command_line
from server.postgres import EmbeddedPostgres
from store.clock import SystemClock, local_date
from store.database import Database
from store.migrate import upgrade_database
from store.queries.staff import Duty, add_staff
from store.staff_roles import Role
from tests.fund.bank_files import Movement, csv_file, vietcombank

ACCOUNT = "100000000001"


@pytest.fixture
def cli(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    async def with_staff() -> None:
        admin = Database(postgres.url())
        async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.exec_driver_sql("drop database if exists fund_cli")
            await connection.exec_driver_sql("create database fund_cli")
        await admin.close()
        database = Database(postgres.url().replace("/chungtay?", "/fund_cli?"))
        await upgrade_database(database.engine)
        async with database.transaction() as connection:
            for login, role in (("thu-quy", Role.FUND_RECORDER), ("truong-ban", Role.FUND_APPROVER)):
                await add_staff(
                    connection,
                    login=login,
                    name=f"{login} (mẫu)",
                    organisation="mttq",
                    duties=[Duty(role)],
                    now=SystemClock().now(),
                )
        await database.close()

    asyncio.run(with_staff())
    monkeypatch.setenv("DATABASE_URL", postgres.dsn("").replace("/chungtay?", "/fund_cli?"))
    return CliRunner()


def test_a_statement_goes_from_the_file_to_sealed_books(cli: CliRunner, tmp_path: Path) -> None:
    def told(*arguments: str, code: int = 0) -> Any:
        result = cli.invoke(command_line("fund"), ["fund", *arguments, "--json"])
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if code == 0 else result.output

    def decided(*arguments: str) -> Any:
        voucher = told(*arguments, "--as", "thu-quy")["voucher"]
        return told("approve", str(voucher), "--as", "truong-ban")["made"]

    statement = tmp_path / "sao-ke.csv"
    day = local_date(SystemClock().now())
    movements = [Movement(day, 70_000, "NGUYEN MAU ung ho", "1"), Movement(day, 30_000, "lai tien gui", "2")]
    statement.write_bytes(csv_file(vietcombank(ACCOUNT, movements)))
    early = told("import", str(statement), "--as", "thu-quy", code=1)
    assert "chưa có tài khoản" in early
    decided("account", "set", "970415", ACCOUNT, "QUY MAU")
    assert [one["number"] for one in told("account", "list")["accounts"]] == [ACCOUNT]
    assert told("import", str(statement), "--as", "thu-quy")["new_rows"] == 2
    assert told("import", str(statement), "--as", "thu-quy")["already_imported"]
    first, second = [one["row"] for one in told("rows", "--as", "thu-quy")["rows"]]
    assert told("match", str(first), "--as", "thu-quy")["suggestions"] == []
    decided("match", str(first), "--gift", "70000")
    decided("match", str(second), "--discard")
    assert told("rows", "--as", "thu-quy")["rows"] == []
    decided("cash", "25000")
    allocation = decided("allocate", "Sửa nhà (mẫu)", "60000", "--programme", "nha-o")
    decided("deliver", str(allocation), "60000", "--document", "BB 1 (mẫu)")
    assert told("allocations", "--as", "thu-quy")["allocations"][0]["delivered"] == 60_000
    (totals,) = told("totals")["totals"]
    assert (totals["received"], totals["allocated"], totals["delivered"]) == (95_000, 60_000, 60_000)
    assert told("seal", "--as", "thu-quy")["seals"] == []
    verified = told("verify")
    assert verified["faults"] == [] and verified["rows"] == 2
    wrong = told("approve", "1", "--as", "thu-quy", code=2)
    assert "holds none of the duties" in wrong


def test_bad_input_is_one_line(cli: CliRunner, tmp_path: Path) -> None:
    broken = tmp_path / "a.txt"
    broken.write_text("xin chào")
    published = tmp_path / "seals.txt"
    published.write_text("2026-11-23 abc")
    for arguments, said in [
        (["import", str(tmp_path / "gone"), "--as", "thu-quy"], "No such file"),
        (["import", str(broken), "--as", "thu-quy"], "tiêu đề"),
        (["import", str(broken), "--as", "khong-co-ai"], "nobody signs in"),
        (["lookup", "XNK7M2Q9XC"], "is the code of no gift"),
        (["rows", "--state", "lost", "--as", "thu-quy"], "unknown state"),
        (["match", "99", "--discard", "--as", "thu-quy"], "Không có dòng sao kê này"),
        (["match", "99", "--to", "XNK7M2Q9XD", "--as", "thu-quy"], "Không có dòng"),
        (["verify", "--published", str(published)], "hash of 64 characters"),
        (["head"], "no day is sealed yet"),
    ]:
        result = cli.invoke(command_line("fund"), ["fund", *arguments])
        assert result.exit_code in (1, 2), (arguments, result.output)
        assert said in result.output and result.output.count("\n") == 1, (arguments, result.output)
