"""Child processes of a benchmark: started quietly, measured with all their children, surely ended."""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from server.children import die_with_parent

#: Processes that have not ended by then are killed.
GRACE_SECONDS = 15.0


@contextlib.contextmanager
def running(
    command: Sequence[str], *, log: Path, cwd: Path, environment: Mapping[str, str] | None = None
) -> Iterator[psutil.Popen]:
    """Run `command` inside the block, its output in `log`; afterwards end it and everything that it started."""
    with log.open("wb") as out:
        process = psutil.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches the benchmark only, which then ends its children in order.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    try:
        yield process
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            started = process.children(recursive=True)
            process.terminate()
            end([process, *started])
        process.wait()


def end(processes: Sequence[psutil.Process]) -> None:
    """Wait for `processes` to end, as some do by themselves when their parent has; ask the others, then kill them."""
    left = psutil.wait_procs(processes, timeout=GRACE_SECONDS / 3)[1]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(left, timeout=GRACE_SECONDS * 2 / 3)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def postgres_below(process: psutil.Process) -> list[psutil.Process]:
    """Return the processes of a PostgreSQL server that `process`, or a child of it, started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return [child for child in process.children(recursive=True) if child.name() == "postgres"]
    return []


def proportional_memory(processes: Sequence[psutil.Process]) -> int:
    """Return the bytes of memory that `processes` hold: PSS, in which shared pages count once. Linux only."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total


def processor_seconds(processes: Sequence[psutil.Process]) -> float:
    """Return the processor time that `processes` have used so far, in seconds."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            used = process.cpu_times()
            total += used.user + used.system
    return total
