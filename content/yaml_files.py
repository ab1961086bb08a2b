"""Reading content files, with errors that name the file, the cause and the next step."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

CONTENT_DIR = Path(__file__).parent


class ContentError(Exception):
    """A content file that cannot be used. The message names file, cause and remedy."""

    def __init__(self, file: Path | str, cause: str, remedy: str = "") -> None:
        self.file = str(file)
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{file}: {cause}" + (f" {remedy}" if remedy else ""))


class _StrictLoader(yaml.CSafeLoader):
    """Plain YAML in which a key written twice is an error: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"key {key!r} is written twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def read_yaml(file: Path) -> dict[Any, Any]:
    """One YAML file whose top level is a mapping. Raises ContentError."""
    try:
        # Not safe_load: the subclass of CSafeLoader is as safe, and refuses doubled keys.
        loaded = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506  # noqa: S506 – a SafeLoader that also refuses double keys
    except UnicodeDecodeError as error:
        raise ContentError(file, f"is not UTF-8 text ({error}).", "Save it as UTF-8.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise ContentError(
            file,
            f"is not valid YAML at line {line}: {error.problem}.",
            "Check indentation, quotes and colons there.",
        ) from error
    except yaml.YAMLError as error:
        raise ContentError(file, f"is not valid YAML: {error}.") from error
    if not isinstance(loaded, dict):
        raise ContentError(
            file,
            "holds no mapping at its top level.",
            "Start it with `key: value` lines.",
        )
    return loaded


def parse_model[Model: BaseModel](model: type[Model], data: dict[Any, Any], file: Path) -> Model:
    """The data as a model. Raises ContentError naming the first wrong key."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A misspelt key is also a missing one; the misspelling is the cause.
        first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
        key = ".".join(str(part) for part in first["loc"]) or "(top level)"
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(model.model_fields))
            raise ContentError(
                file,
                f"unknown key `{key}`.",
                f"Correct the spelling or take it out; keys at the top level are: {known}.",
            ) from error
        if first["type"] == "missing":
            raise ContentError(file, f"key `{key}` is missing.", "Add it; see docs/content-format.md.") from error
        raise ContentError(file, f"key `{key}`: {first['msg']} (found {first['input']!r}).") from error
