"""The tax-benefit system: our dated numbers and variables in OpenFisca, and one simulation of many households."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import Period, period
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from content.legislation.entities import Household, Person
from content.legislation.truth import Ints
from content.legislation.variables import deprivations, household_facts, person_facts, poverty, standing
from content.parameters import Parameter

_MODULES = (household_facts, person_facts, deprivations, poverty, standing)


class Legislation(TaxBenefitSystem):
    """OpenFisca's system over the numbers of content/legislation/parameters/."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__([Person, Household])
        self.parameters = ParameterNode("", data=_tree(parameters))
        for module in _MODULES:
            self.add_variables(*module.VARIABLES)
        #: What `Evaluation.grounds` found, by programme and day.
        self.grounds_of: dict[tuple[str, date], tuple[Any, ...]] = {}
        #: What each fact is where it was not said.
        self.defaults = {name: int(v.default_value) for name, v in self.variables.items() if not v.formulas}
        #: The variables that are about persons, not about households.
        self.of_persons = frozenset(name for name, v in self.variables.items() if v.entity.is_person)


def _tree(parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    """The numbers as OpenFisca reads them from its YAML files: nested by folder."""
    tree: dict[str, Any] = {}
    for parameter in parameters.values():
        *folders, name = parameter.name.split(".")
        node = tree
        for folder in folders:
            node = node.setdefault(folder, {})
        node[name] = {
            "description": parameter.description,
            "values": {
                start.isoformat(): {"value": entry.value}
                for start, entry in zip(parameter.starts, parameter.values, strict=True)
            },
        }
    return tree


@lru_cache(maxsize=512)
def period_of(day: date) -> Period:
    """OpenFisca's period of one day."""
    return period(day.isoformat())


def simulate(
    system: Legislation,
    on: date,
    households: int,
    columns: Mapping[str, Ints],
    household_of_person: Ints | None = None,
) -> Simulation:
    """A simulation of so many households on a day.

    `columns` holds the facts by variable, in the order of households or persons; what is left out was not said.
    `household_of_person` gives the row of each person's household, in rising order; without it, each household has
    one person of whom nothing is known but what the columns say.
    """
    builder = SimulationBuilder()
    if household_of_person is None:
        simulation = builder.build_default_simulation(system, households)
    else:
        builder.create_entities(system)
        people = len(household_of_person)
        builder.declare_person_entity("person", np.arange(people))
        instance = builder.declare_entity("household", np.arange(households))
        builder.join_with_persons(instance, household_of_person, ["member"] * people)
        simulation = builder.build(system)
    when = period_of(on)
    for name, values in columns.items():
        simulation.set_input(name, when, values)
    return simulation
