"""A backup holds everything, appears whole or not at all, and never overwrites anything."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from server.backup import BackupFailed, restore_backup, take_backup
from server.postgres import EmbeddedPostgres
from server.settings import PROJECT
from store.clock import SetClock
from store.database import Database
from tests.conftest import _other_database


def libpq(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://")


@pytest.fixture
async def empty(postgres: EmbeddedPostgres) -> Any:
    """The address of a database without tables."""
    await _run(postgres, 'drop database if exists "restored"', 'create database "restored"')
    yield libpq(_other_database(postgres, "restored"))
    await _run(postgres, 'drop database "restored" with (force)')


async def _run(postgres: EmbeddedPostgres, *statements: str) -> None:
    connection = await asyncpg.connect(postgres.dsn(""))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _organisations(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch("select value from backup_probe order by 1")]
    finally:
        await connection.close()


async def _say(database: Database, *words: str) -> None:
    connection = await asyncpg.connect(libpq(database.url))
    try:
        await connection.execute("create table backup_probe (value text not null)")
        await connection.executemany("insert into backup_probe values ($1)", [(word,) for word in words])
    finally:
        await connection.close()


def _nothing(_step: str) -> None:
    pass


async def test_what_was_stored_and_recorded_comes_back(
    database: Database, empty: str, clock: SetClock, tmp_path: Path
) -> None:
    await _say(database, "Đắk Tô", "xã Đăk Hà")
    recordings = tmp_path / "audio"
    (recordings / "sed").mkdir(parents=True)
    (recordings / "sed" / "chào.ogg").write_bytes(b"OggS\x00sound")
    file = tmp_path / "backup.tar"
    made = take_backup(libpq(database.url), recordings, file, now=clock.now(), said=_nothing)
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.revision and {part.name for part in made.parts} == {"database.dump", "audio/sed/chào.ogg"}
    steps: list[str] = []
    again = restore_backup(empty, tmp_path / "other" / "audio", file, said=steps.append)
    assert again == made and steps == ["check", "database", "recordings"]
    assert await _organisations(empty) == ["xã Đăk Hà", "Đắk Tô"]
    assert (tmp_path / "other" / "audio" / "sed" / "chào.ogg").read_bytes() == b"OggS\x00sound"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audio", "backup.tar", "other"], "nothing left over"


async def test_nothing_is_overwritten(database: Database, empty: str, clock: SetClock, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    dsn = libpq(database.url)
    take_backup(dsn, tmp_path / "none", file, now=clock.now(), said=_nothing)
    before = file.read_bytes()
    with pytest.raises(BackupFailed, match="exists already"):
        take_backup(dsn, tmp_path / "none", file, now=clock.now(), said=_nothing)
    assert file.read_bytes() == before
    with pytest.raises(BackupFailed, match="not empty"):
        restore_backup(dsn, tmp_path / "audio", file, said=_nothing)
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "mine.ogg").write_bytes(b"x")
    with pytest.raises(BackupFailed, match="recordings"):
        restore_backup(empty, tmp_path / "audio", file, said=_nothing)
    assert (tmp_path / "audio" / "mine.ogg").exists()
    with pytest.raises(BackupFailed, match="nothing to back up"):
        take_backup(empty, tmp_path / "none", tmp_path / "second.tar", now=clock.now(), said=_nothing)
    assert not (tmp_path / "second.tar").exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign", "newer"])
async def test_a_damaged_backup_is_refused_before_anything_is_touched(
    damage: str, database: Database, empty: str, clock: SetClock, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    take_backup(libpq(database.url), tmp_path / "none", file, now=clock.now(), said=_nothing)
    whole = file.read_bytes()
    start = whole.index(b"PGDMP")
    file.write_bytes(
        {
            "cut": whole[: start + 1000],
            "changed": whole[: start + 2000] + bytes([whole[start + 2000] ^ 1]) + whole[start + 2001 :],
            "foreign": (PROJECT / "README.md").read_bytes(),
            "newer": whole.replace(b'"format": 1', b'"format": 9'),
        }[damage]
    )
    told = {"cut": "damaged", "changed": "damaged", "foreign": "cannot be read", "newer": "newer release"}[damage]
    with pytest.raises(BackupFailed, match=told):
        restore_backup(empty, tmp_path / "audio", file, said=_nothing)
    connection = await asyncpg.connect(empty)
    try:
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
    finally:
        await connection.close()


async def test_the_commands_and_no_password_where_others_can_read_it(
    database: Database, empty: str, tmp_path: Path
) -> None:
    await _say(database, "Ngọk Bay")
    chungtay = str(Path(sys.executable).parent / "chungtay")
    assert shutil.which(chungtay)

    def run(url: str, *words: object) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"DATABASE_URL": url, "CHUNGTAY_DATA_DIR": str(tmp_path / "data")}
        command = [chungtay, *map(str, words)]
        return subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=150, check=False
        )

    saved = run(database.url, "backup", tmp_path / "b.tar", "--json")
    assert saved.returncode == 0, saved.stderr
    assert json.loads(saved.stdout)["recordings"] == 0
    restored = run(empty, "restore", tmp_path / "b.tar")
    assert restored.returncode == 0, restored.stderr
    assert "revision" in restored.stdout and await _organisations(empty) == ["Ngọk Bay"]
    refused = run(empty, "restore", tmp_path / "b.tar")
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1 and "not empty" in refused.stderr
    nowhere = run("postgresql://nobody:secret@127.0.0.1:1/x", "backup", tmp_path / "c.tar")
    assert nowhere.returncode == 1 and "secret" not in nowhere.stderr and nowhere.stderr.count("\n") == 1
