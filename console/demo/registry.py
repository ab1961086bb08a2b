"""The list of makers of demo data."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

import console.demo
from scheduler.desk import Desk
from store.queries.staff import Staff
from store.staff_roles import Role


@dataclass(frozen=True)
class Demo:
    """What makers work with: one made-up member of staff for each duty, and the services' desk."""

    desk: Desk
    staff: dict[Role, Staff]


Maker = Callable[[AsyncConnection, Demo], Awaitable[None]]

_MAKERS: dict[str, tuple[int, Maker]] = {}


def demo_maker(name: str, *, position: int = 50) -> Callable[[Maker], Maker]:
    """Register a maker: `async def campaigns(connection, demo)`. It must be safe to run at every start."""

    def register(maker: Maker) -> Maker:
        if name in _MAKERS:
            raise ValueError(f"Two makers of demo data are called {name}.")
        _MAKERS[name] = (position, maker)
        return maker

    return register


def demo_makers() -> list[tuple[str, Maker]]:
    """Return all makers in order. Imports every module of `console.demo`."""
    for module in pkgutil.iter_modules(console.demo.__path__):
        importlib.import_module(f"console.demo.{module.name}")
    return [(name, maker) for name, (_, maker) in sorted(_MAKERS.items(), key=lambda one: (one[1][0], one[0]))]
