"""What each role of a process runs: a file per role with one function, `start`.

A process imports the files of its own roles only: together they take seconds to load, which a process that starts takes
from those that others wait for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from server.settings import Role

if TYPE_CHECKING:
    from server.runtime import Runtime


class _Part(Protocol):
    async def start(self, runtime: "Runtime") -> None: ...


async def start(role: Role, runtime: "Runtime") -> None:
    """Start the parts of a role in a process; they run until the process ends."""
    await cast(_Part, import_module(f"{__name__}.{role}")).start(runtime)
