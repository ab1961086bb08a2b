"""Reading dated numbers in formulas, on the day itself."""

from typing import Any

from openfisca_core.errors import ParameterNotFoundError


def number(parameters: Any, day: Any, name: str) -> float | None:
    """The number in force on the first day of the period; None where there is none that day."""
    node = parameters(day)
    try:
        for part in name.split("."):
            node = getattr(node, part)
    except ParameterNotFoundError:
        return None
    return None if node is None else float(node)
