"""Processes of ours that can wait leave the processors to those that cannot: the ones that take messages in.

Messengers turn away from who acknowledges late, while an answer, or the start of another process, may take a moment.

`nice` compares the processes of one session only where the kernel schedules by sessions (autogroups, Linux' default
outside of control groups), and a service is a session of its own. There, what counts is the niceness of the session
(https://man7.org/linux/man-pages/man7/sched.7.html, "The autogroup feature"), and anybody may raise and lower it again.
"""

import os
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")
#: A process that takes messages in; one that starts, with a third of that weight; one that only answers, and its Rasa,
#: with a tenth.
TAKING_IN, STARTING, ANSWERING = 0, 5, 10


def session_niceness(pid: int) -> int | None:
    """Return the niceness of the session that a process belongs to, None where there is no such thing."""
    try:
        return int(Path(f"/proc/{pid}/autogroup").read_text().rpartition(" ")[2])
    except (OSError, ValueError):
        return None


def leads_its_session() -> bool:
    """Return whether the session is this process and what it started; otherwise it is not ours to slow down."""
    return os.getsid(0) == os.getpid()


def session_gives_way(niceness: int) -> bool:
    """Give this process, and all that it started in its session, a niceness among the sessions of this machine.

    False: not yet, for the kernel allows one change on the whole machine in a tenth of a second. True also where
    nothing can be done, because there are no such sessions.
    """
    if leads_its_session():
        try:
            _AUTOGROUP.write_text(f"{niceness}")
        except BlockingIOError:
            return False
        except OSError:
            pass
    return True


def process_gives_way(niceness: int) -> None:
    """Give this process and what it starts from now on a niceness within its session or container, for good.

    Not before the database was started: it would inherit it, and who waits for the database waits in vain.
    """
    os.nice(niceness)
