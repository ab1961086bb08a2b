"""The embedded PostgreSQL: real servers, really killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server.postgres import EmbeddedPostgres, EmbeddedPostgresError
from server.postgres_folder import PostgresFolder

GRACE_SECONDS = 0.3
PROJECT = Path(__file__).resolve().parents[2]
# A process that uses the database until its standard input closes, and says so in one line.
USER_PROGRAM = f"""
import sys
from pathlib import Path
from server.postgres import EmbeddedPostgres
postgres = EmbeddedPostgres(Path(sys.argv[1]), grace_seconds={GRACE_SECONDS})
postgres.start()
print("started", flush=True)
sys.stdin.read()
"""


def eventually(condition: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def processes_of(data_dir: Path) -> list[psutil.Process]:
    """The keepers and PostgreSQL processes of that data directory."""
    cluster, found = str(PostgresFolder.at(data_dir).cluster), []
    for process in psutil.process_iter():
        try:
            keeper = "server.postgres_keeper" in (command := process.cmdline()) and str(data_dir) in command
            server = process.name().startswith("postgres") and process.cwd().removesuffix(" (deleted)") == cluster
        except psutil.Error:
            continue
        if (keeper or server) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def servers_of(data_dir: Path) -> list[psutil.Process]:
    """The postmasters: PostgreSQL processes whose parent is not one itself."""
    everything = []
    for process in processes_of(data_dir):
        # A process that does some work for the server may be gone a moment after it was listed.
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name().startswith("postgres"):
                everything.append(process)
    numbers = {process.pid for process in everything}
    return [process for process in everything if process.ppid() not in numbers]


def the_server_of(data_dir: Path) -> psutil.Process:
    (server,) = servers_of(data_dir)
    return server


def embedded(data_dir: Path, *, grace_seconds: float = GRACE_SECONDS) -> EmbeddedPostgres:
    return EmbeddedPostgres(data_dir, grace_seconds=grace_seconds)


def user_process(data_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER_PROGRAM, str(data_dir)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        process.communicate(timeout=30)


def answers(postgres: EmbeddedPostgres) -> bool:
    try:
        with psycopg.connect(postgres.dsn(""), connect_timeout=5):
            return True
    except psycopg.OperationalError:
        return False


def remember(postgres: EmbeddedPostgres, note: str) -> None:
    with psycopg.connect(postgres.dsn("")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (body text)")
        connection.execute("INSERT INTO note VALUES (%s)", [note])


def notes(postgres: EmbeddedPostgres) -> list[str]:
    with psycopg.connect(postgres.dsn("")) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM note")]


@pytest.fixture(scope="module")
def deep_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Longer than any socket path may be. One for all tests here, because making a cluster takes a second."""
    return tmp_path_factory.mktemp("postgres") / ("tỉnh-" + "x" * 60) / ("xã " + "y" * 60) / "var"


@pytest.fixture
def data_dir(deep_data_dir: Path) -> Iterator[Path]:
    yield deep_data_dir
    try:
        eventually(lambda: not processes_of(deep_data_dir), "every process of the database has ended")
    finally:
        for process in processes_of(deep_data_dir):
            process.kill()


def test_the_database_answers_in_utf_8_and_utc_through_every_kind_of_url(data_dir: Path) -> None:
    question = "SELECT upper('hộ nghèo đường'), current_setting('TimeZone'), current_setting('server_encoding')"
    expected = ("HỘ NGHÈO ĐƯỜNG", "UTC", "UTF8")

    async def ask(url: str) -> tuple[str, ...]:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            answer = (await connection.execute(text(question))).one()
        await engine.dispose()
        return tuple(answer)

    with embedded(data_dir) as postgres:
        assert asyncio.run(ask(postgres.url())) == expected
        assert asyncio.run(ask(postgres.dsn("psycopg"))) == expected
        with psycopg.connect(postgres.dsn("")) as connection:
            assert connection.execute(question).fetchone() == expected


def test_the_urls_do_not_follow_the_environment(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    monkeypatch.setenv("TMPDIR", str(data_dir))
    with embedded(data_dir) as postgres:
        assert answers(postgres)

        async def ask() -> str:
            engine = create_async_engine(postgres.url())
            async with engine.connect() as connection:
                name = (await connection.execute(text("SELECT current_database()"))).scalar_one()
            await engine.dispose()
            return str(name)

        assert asyncio.run(ask()) == "chungtay"


def test_the_server_listens_on_a_private_socket_only(data_dir: Path) -> None:
    with embedded(data_dir) as postgres:
        server = the_server_of(data_dir)
        assert not server.net_connections(kind="inet")
        assert postgres.socket_dir.stat().st_mode & 0o777 == 0o700
        assert postgres.socket_dir.stat().st_uid == server.uids().effective != 0
        assert len(os.fsencode(postgres.socket_dir)) <= 100 < len(os.fsencode(data_dir))


def test_users_share_one_server_and_it_stops_after_the_last_leaves(data_dir: Path) -> None:
    first, second = embedded(data_dir), embedded(data_dir)
    first.start()
    server = the_server_of(data_dir)
    second.start()
    first.start()
    assert the_server_of(data_dir) == server
    first.close(wait_seconds=5 * GRACE_SECONDS)  # waits in vain: the second user is still there
    assert answers(second)
    second.close()
    eventually(lambda: not server.is_running(), "the server stopped")
    assert not answers(second)
    # The users' lock and the socket are gone too, so that the next start is an ordinary one.
    with embedded(data_dir) as third:
        assert answers(third)


def test_processes_that_start_at_the_same_moment_get_one_server(data_dir: Path) -> None:
    users = [user_process(data_dir) for _ in range(3)]
    assert [first_line_of(user) for user in users] == ["started"] * 3
    assert len(servers_of(data_dir)) == 1
    end(*users)


def test_a_new_data_directory_is_made_once_when_several_processes_find_it_empty(tmp_path: Path) -> None:
    users = [user_process(tmp_path / "new") for _ in range(2)]
    assert [first_line_of(user) for user in users] == ["started"] * 2
    assert len(servers_of(tmp_path / "new")) == 1
    # Deleting the directory under a running server must end it as well, or it would run for ever.
    eventually(lambda: is_deleted(tmp_path / "new"), "the directory is deleted, though it is written to")
    eventually(lambda: not processes_of(tmp_path / "new"), "the server of the deleted directory ended")
    end(*users)


def is_deleted(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def test_a_server_killed_with_force_comes_back_by_itself_with_its_data(data_dir: Path) -> None:
    with embedded(data_dir) as postgres:
        remember(postgres, "committed before the kill")
        killed = the_server_of(data_dir)
        killed.kill()
        eventually(lambda: not killed.is_running() and answers(postgres), "another server answers")
        assert "committed before the kill" in notes(postgres)
        assert the_server_of(data_dir) != killed


def test_sessions_still_at_work_when_their_server_is_killed_do_not_block_the_next(data_dir: Path) -> None:
    with embedded(data_dir) as postgres:
        # It computes without ever waiting for anything, so it does not notice that its postmaster is gone.
        endless = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"
        client = subprocess.Popen(
            [postgres.bin_dir / "psql", postgres.dsn(""), "-qc", endless], stderr=subprocess.DEVNULL
        )
        eventually(lambda: len(sessions_at(postgres, endless)) == 1, "a session is at work")
        (worker,) = sessions_at(postgres, endless)
        killed = the_server_of(data_dir)
        killed.kill()
        eventually(lambda: not killed.is_running() and answers(postgres), "another server answers")
        assert worker not in [process.pid for process in processes_of(data_dir)]
        client.wait(30)


def sessions_at(postgres: EmbeddedPostgres, statement: str) -> list[int]:
    with psycopg.connect(postgres.dsn("")) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE query = %s AND state = 'active'", [statement]
        )
        return [process_id for (process_id,) in found]


def test_a_keeper_killed_with_force_takes_its_server_along_and_a_user_starts_another(data_dir: Path) -> None:
    with embedded(data_dir) as postgres:
        remember(postgres, "committed before the keeper died")
        assert asyncio.run(postgres.ensure_running()) is False
        server = the_server_of(data_dir)
        keeper = psutil.Process(server.ppid())
        keeper.kill()
        eventually(lambda: not keeper.is_running(), "the keeper is gone")
        assert asyncio.run(postgres.ensure_running()) is True
        assert asyncio.run(postgres.ensure_running()) is False
        assert "committed before the keeper died" in notes(postgres)
        assert the_server_of(data_dir) != server


def test_nothing_runs_on_after_the_only_user_and_the_keeper_are_killed_with_force(data_dir: Path) -> None:
    user = user_process(data_dir)
    assert first_line_of(user) == "started"
    keeper = psutil.Process(the_server_of(data_dir).ppid())
    user.kill()
    keeper.kill()
    end(user)
    eventually(lambda: not processes_of(data_dir), "the server ended with its keeper")


def test_the_server_stops_when_the_process_that_started_it_is_killed_with_force(data_dir: Path) -> None:
    starter, other = user_process(data_dir), None
    try:
        assert first_line_of(starter) == "started"
        server = the_server_of(data_dir)
        other = embedded(data_dir)
        other.start()
        starter.kill()
        assert starter.wait(30) == -signal.SIGKILL
        assert the_server_of(data_dir) == server and answers(other)
    finally:
        end(starter)
        if other is not None:
            other.close()
    eventually(lambda: not processes_of(data_dir), "the server stopped after its last user")


def test_a_keeper_does_not_end_with_the_terminal_of_the_process_that_started_it(data_dir: Path) -> None:
    user = user_process(data_dir)
    assert first_line_of(user) == "started"
    keeper = psutil.Process(the_server_of(data_dir).ppid())
    assert os.getsid(keeper.pid) != os.getsid(user.pid)
    assert keeper.terminal() is None
    assert set(keeper.environ()) <= {"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "LC_CTYPE"}
    end(user)


def test_a_keeper_told_to_end_does_not_wait_for_further_users(data_dir: Path) -> None:
    postgres = embedded(data_dir, grace_seconds=3600)
    postgres.start()
    keeper = psutil.Process(the_server_of(data_dir).ppid())
    keeper.terminate()
    assert answers(postgres)
    postgres.close()
    eventually(lambda: not processes_of(data_dir), "the keeper and its server ended")


def test_the_server_comes_back_when_the_system_cleans_its_socket_away(data_dir: Path) -> None:
    with embedded(data_dir) as postgres:
        shutil.rmtree(postgres.socket_dir)
        assert not answers(postgres)
        eventually(lambda: answers(postgres), "the server has a socket again")


@pytest.mark.parametrize("left_behind", ["a dead process", "another live process", "nothing readable"])
def test_a_stale_process_file_does_not_block_the_start(data_dir: Path, left_behind: str) -> None:
    folder = PostgresFolder.at(data_dir)
    with embedded(data_dir):
        account = the_server_of(data_dir).uids().effective
        pid_file = (folder.cluster / "postmaster.pid").read_text()
        socket_lock = folder.socket.with_name(folder.socket.name + ".lock").read_text()
    eventually(lambda: not processes_of(data_dir), "the server stopped")

    # PostgreSQL itself takes any live process of its own account for its predecessor.
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", user=account if os.geteuid() == 0 else None)
    if left_behind == "a dead process":
        stranger.kill()
        stranger.wait(30)
    try:
        folder.socket_dir.mkdir(mode=0o700)
        for path, content in (
            (folder.cluster / "postmaster.pid", pid_file),
            (folder.socket.with_name(folder.socket.name + ".lock"), socket_lock),
        ):
            _, _, rest = content.partition("\n")
            path.write_text("" if left_behind == "nothing readable" else f"{stranger.pid}\n{rest}")
            if os.geteuid() == 0:
                os.chown(path, account, account)
        with embedded(data_dir) as postgres:
            assert answers(postgres)
            assert left_behind == "a dead process" or stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait(30)


def test_a_cluster_that_cannot_start_is_reported_with_cause_and_next_step(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 9, which .* lacks; next: install"):
        embedded(tmp_path).start()

    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(EmbeddedPostgresError) as failure:
        embedded(tmp_path).start()
    assert "before it was ready" in str(failure.value)
    assert "postgresql.conf" in str(failure.value) and "DATABASE_URL" in str(failure.value)
    assert not processes_of(tmp_path)


def test_a_data_directory_that_cannot_be_used_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EmbeddedPostgresError, match="choose another --data-dir"):
        embedded(tmp_path / "file").start()
