"""The table of who may open which page and do what, as a page of docs/. Made from the declarations themselves."""

from console.access.actions import ACTIONS
from console.shell.registry import PAGES, import_pages
from content.translations import catalogue_for
from store.staff_roles import Role

_HEAD = """# Who may do what

Made by `chungtay docs` from the declarations beside the pages; a test fails while it lags, and tests try every cell.
A duty that is held in one commune or ward opens the page, shows what belongs there, and allows the action there only.
What concerns no single commune needs the duty for the whole province. How to add a page: [The console](console.md).
"""


def access_page() -> str:
    """Return docs/console-access.md."""
    import_pages()
    words = catalogue_for("en")
    heads = " | ".join(role.value.replace("_", " ") for role in Role)
    line = f"| {' | '.join('---' for _ in range(len(Role) + 1))} |"
    pages = [
        f"| `/console{page.path}` {words.text(f'console.page.{name}')} | {_cells(page.roles)} |"
        for name, page in sorted(PAGES.items(), key=lambda one: one[1].path)
    ]
    actions = [
        f"| `{name}` {words.text(f'console.action.{name}')} | {_cells(one.roles)} |"
        for name, one in sorted(ACTIONS.items())
    ]
    return "\n".join(
        [
            f"{_HEAD}\n## Pages\n\n| page | {heads} |\n{line}",
            *pages,
            f"\n## Actions\n\n| action | {heads} |\n{line}",
            *actions,
            "",
        ]
    )


def _cells(roles: frozenset[Role]) -> str:
    return " | ".join("✓" if role in roles else "" for role in Role)
