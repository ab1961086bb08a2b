"""What waits for somebody, and what went wrong: each part of the system says so itself, the first page lists it.

@waiting
async def tickets(connection, visit) -> list[Waiting]: …
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from console.shell.visit import Visit


@dataclass(frozen=True)
class Waiting:
    """One line: what, how many, and the page (below `/console`) on which to do it.

    `incident`: something went wrong; `words` say the next step too.
    """

    words: str
    target: str
    number: int = 1
    incident: bool = False


Asked = Callable[[AsyncConnection, Visit], Awaitable[Sequence[Waiting]]]

_ASKED: list[Asked] = []


def waiting(asked: Asked) -> Asked:
    """Register a function that says what waits for whoever looks. It returns nothing for duties it is not about."""
    _ASKED.append(asked)
    return asked


async def all_waiting(connection: AsyncConnection, visit: Visit) -> list[Waiting]:
    """Ask everybody; incidents first."""
    found = [line for asked in _ASKED for line in await asked(connection, visit) if line.number]
    return sorted(found, key=lambda one: not one.incident)
