"""Every hazard of the channel reference is a test by name: the table in docs/hazards.md leaves none out."""

import ast
import re
from functools import cache

from server.settings import PROJECT

PAGE = PROJECT / "docs" / "hazards.md"
ROW = re.compile(r"^\| (?P<number>[A-Z][\w.-]+) \| (?P<words>[^|]+) \| (?P<tests>.+) \|$", re.MULTILINE)
TEST = re.compile(r"\[`(?P<name>\w+)`\]\(\.\./(?P<file>[\w/.]+)\)")

#: Rules of the token store, vectors and error tables, and the hazards of each channel and of payments.
EXPECTED = {
    *(f"A4.3-{number}" for number in range(1, 8)),
    *("A4.1", "A5", "A6", "A11.1", "A14", "C5"),
    *(f"D-{number:02}" for number in (*range(1, 34), *range(40, 59), *range(70, 78))),
}


@cache
def names_of_tests(file: str) -> frozenset[str]:
    parsed = ast.parse((PROJECT / file).read_text(encoding="utf-8"))
    defined = (one for one in ast.walk(parsed) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(one.name for one in defined if one.name.startswith("test_"))


def rows() -> list[re.Match[str]]:
    return list(ROW.finditer(PAGE.read_text(encoding="utf-8")))


def test_each_hazard_stands_in_the_table_once() -> None:
    numbers = [row["number"] for row in rows()]
    assert sorted(numbers) == sorted(EXPECTED)


def test_each_hazard_is_covered_by_tests_that_exist() -> None:
    faults = []
    for row in rows():
        named = TEST.findall(row["tests"])
        if not named:
            faults.append(f"{row['number']}: no test")
        faults += [f"{row['number']}: {file}::{name}" for name, file in named if name not in names_of_tests(file)]
    assert faults == []
