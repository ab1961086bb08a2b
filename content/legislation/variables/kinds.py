"""Shapes of variables: an answer, a quantity between two bounds, and something that follows from others."""

from typing import Any

from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.variables import Variable

from content.legislation.truth import UNKNOWN

#: Larger than any amount of đồng that a household may say, and within OpenFisca's 32 bits.
UNBOUNDED = 2_000_000_000


def _variable(name: str, entity: Entity, label: str, default: int, **more: Any) -> type[Variable]:
    # Policies begin in the middle of months, so everything holds for one day.
    body = {
        "value_type": int,
        "entity": entity,
        "definition_period": DateUnit.DAY,
        "default_value": default,
        "label": label,
        "__doc__": label,
        **more,
    }
    return type(name, (Variable,), body)


def answer(name: str, entity: Entity, label: str, default: int = UNKNOWN) -> type[Variable]:
    """What the household said: yes, no, or (the default) nothing."""
    return _variable(name, entity, label, default)


def quantity(name: str, entity: Entity, label: str, highest: int = UNBOUNDED) -> tuple[type[Variable], type[Variable]]:
    """What the household said about a number: it lies between `<name>_min` and `<name>_max`."""
    return (
        _variable(f"{name}_min", entity, f"{label}, at the least", 0),
        _variable(f"{name}_max", entity, f"{label}, at the most", highest),
    )


def follows(formula: Any, entity: Entity, label: str) -> type[Variable]:
    """Something that follows from other variables; the formula's name is the variable's."""
    return _variable(formula.__name__, entity, label, UNKNOWN, formula=formula)
