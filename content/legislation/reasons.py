"""Reasons as message keys with data, put into words by the catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from content.documents import BilingualText
from content.parameters import Parameter, Unit
from content.placeholders import format_quantity
from content.translations import Catalogue, catalogue_for


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Words:
    """The words of other keys, one after the other."""

    keys: tuple[str, ...]


type Datum = Quantity | Words | BilingualText | date | int | str


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence: `eligibility.<key>` of the catalogues, with data that fills it."""

    key: str
    data: Mapping[str, Datum] = field(default_factory=dict)

    def text(self, language: str = "vi") -> str:
        """The sentence in a registered language."""
        catalogue = catalogue_for(language)
        return catalogue.text(
            f"eligibility.{self.key}", **{name: _words(datum, catalogue) for name, datum in self.data.items()}
        )


def _words(datum: Datum, catalogue: Catalogue) -> str:
    if isinstance(datum, Quantity):
        return format_quantity(datum.value, datum.unit, catalogue)
    if isinstance(datum, Words):
        return ", ".join(catalogue.text(f"eligibility.{key}") for key in datum.keys)
    if isinstance(datum, BilingualText):
        return datum.in_language(catalogue.language.catalogue)
    if isinstance(datum, date):
        return catalogue.date(datum)
    return catalogue.number(datum) if isinstance(datum, int) else datum


def figure(parameter: Parameter, on: date) -> Reason:
    """A dated number with its label: "Lãi suất …: 6,6%/năm"."""
    value = parameter.value_on(on)
    assert value is not None
    return Reason("figure", {"label": parameter.metadata.label, "value": Quantity(value, parameter.metadata.unit)})
