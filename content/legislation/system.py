"""The tax-benefit system: our dated numbers and variables in OpenFisca, and one simulation of many households."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import Period, period
from openfisca_core.simulations import Simulation
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


class DaySimulation(Simulation):
    """OpenFisca's simulation of some households on one day; facts are read from columns, not from its holders."""

    def __init__(
        self,
        system: Legislation,
        on: date,
        households: int,
        columns: Mapping[str, Ints],
        household_of_person: Ints | None = None,
    ) -> None:
        """`columns` holds the facts by variable, in the order of households or persons; what is left out was not said.

        `household_of_person` gives the row of each person's household, in rising order; without it, each household
        has one person of whom nothing is known but what the columns say.
        """
        home = np.arange(households) if household_of_person is None else household_of_person
        populations = system.instantiate_entities()
        populations["person"].count = len(home)
        populations["household"].count = households
        populations["household"].members_entity_id = home
        super().__init__(system, populations)
        self.day = period_of(on)
        self._system = system
        self._known = dict(columns)
        self._alike: dict[tuple[int, int], Ints] = {}

    def calculate(self, variable_name: str, period: Any) -> Any:
        """A variable's values; each is found once. Everything holds for the one day."""
        known = self._known.get(variable_name)
        if known is None:
            default = self._system.defaults.get(variable_name)
            if default is None:
                known = super().calculate(variable_name, period)
            else:
                entity = "person" if variable_name in self._system.of_persons else "household"
                known = self._same(self.populations[entity].count, default)
            self._known[variable_name] = known
        return known

    def _same(self, size: int, value: int) -> Ints:
        """So many times one value: the many facts that nobody said share their arrays."""
        known = self._alike.get((size, value))
        if known is None:
            known = self._alike[size, value] = np.full(size, value, dtype=np.int32)
            known.flags.writeable = False
        return known

    def value(self, name: str) -> Ints:
        """A variable, for each household or each person, as its entity is."""
        found: Ints = self.calculate(name, self.day)
        return found
