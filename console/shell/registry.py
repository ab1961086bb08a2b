"""The list of all pages. Navigation, the access table, and the tests of every page are made from it."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import console.pages
from console.access.actions import ALL_STAFF
from store.queries.staff import Staff
from store.staff_roles import Role


class Group(StrEnum):
    """Headings of the navigation, in their order; `console.group.<value>` in the catalogues."""

    WORK = "work"
    REACH = "reach"
    ANSWER = "answer"
    FUND = "fund"
    PEOPLE = "people"
    SYSTEM = "system"


@dataclass(frozen=True)
class Page:
    """A page of the console.

    Attributes:
        path: below `/console`, with FastAPI's placeholders.
        name: `console.page.<name>` in the catalogues is its title.
        roles: who may open it, wherever they hold the duty; what they see there is limited by its queries.
        group: where it stands in the navigation; None for a page that others lead to.
        icon: name of a Material icon.
        example: values for the placeholders with which tests open it.
    """

    path: str
    name: str
    roles: frozenset[Role]
    build: Callable[..., Awaitable[None]]
    group: Group | None = None
    icon: str = ""
    position: int = 50
    example: Mapping[str, str | int] = field(default_factory=dict)

    def open_to(self, staff: Staff) -> bool:
        """True if somebody may open it."""
        return staff.has(*self.roles)

    def address(self, **values: str | int) -> str:
        """Return its address below `/console`, placeholders filled; NiceGUI puts the prefix before what it links."""
        return self.path.format(**values)


PAGES: dict[str, Page] = {}

Builder = Callable[..., Awaitable[None]]


def page(
    path: str,
    *,
    name: str,
    roles: tuple[Role, ...] = (),
    group: Group | None = None,
    icon: str = "",
    position: int = 50,
    example: Mapping[str, str | int] | None = None,
) -> Callable[[Builder], Builder]:
    """Register the function below as a page: `async def campaigns(visit: Visit, …)`.

    Its other arguments are placeholders of the path and query parameters, as in FastAPI. No `roles`: all staff.

    Raises:
        ValueError: the name is taken.
    """

    def register(build: Builder) -> Builder:
        if name in PAGES:
            raise ValueError(f"Two pages are called {name}.")
        PAGES[name] = Page(path, name, frozenset(roles) or ALL_STAFF, build, group, icon, position, dict(example or {}))
        return build

    return register


def import_pages() -> None:
    """Import every module of `console.pages`, so that each has registered its pages and actions. Imports NiceGUI."""
    for module in pkgutil.iter_modules(console.pages.__path__):
        importlib.import_module(f"console.pages.{module.name}")


def page_above(page: Page, staff: Staff) -> Page | None:
    """Return the page of the navigation that leads to this one, such as the help desk to a ticket; None: none does."""
    if page.group is not None:
        return None
    known = {one.path: one for one in PAGES.values() if one.group is not None and one.open_to(staff)}
    path = page.path
    while path := path.rpartition("/")[0]:
        if path in known:
            return known[path]
    return None


def navigation(staff: Staff) -> list[tuple[Group, list[Page]]]:
    """Return the pages that somebody may open, by group, in order."""
    groups = []
    for group in Group:
        mine = [one for one in PAGES.values() if one.group is group and one.open_to(staff)]
        if mine:
            groups.append((group, sorted(mine, key=lambda one: (one.position, one.name))))
    return groups
