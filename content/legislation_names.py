"""Which numbers and documents the rules of `legislation/` name, read as text so that nothing has to be built for it."""

import re
from collections.abc import Iterator
from pathlib import Path

_PARAMETER = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
_DOCUMENT = re.compile(r"\bdocument: ([a-z0-9-]+)")


def parameters_named_by_rules(root: Path) -> set[str]:
    """Dotted names in the rules of a content folder. Some may only look like a number's name."""
    return {name for _, text in _rules(root) for name in _PARAMETER.findall(text)}


def documents_named_by_rules(root: Path) -> dict[str, Path]:
    """Ids of documents in the rules of a content folder, each with one file that names it."""
    return {name: file for file, text in _rules(root) if file.suffix == ".yaml" for name in _DOCUMENT.findall(text)}


def _rules(root: Path) -> Iterator[tuple[Path, str]]:
    folder = root / "legislation"
    for file in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.py"))):
        if folder / "parameters" not in file.parents and folder / "cases" not in file.parents:
            yield file, file.read_text(encoding="utf-8")
