"""The rules with other numbers: what would change if a parameter were different."""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from content.eligibility import Rules, make_rules
from content.parameters import Parameter, Unit

#: Before every rule, so that a changed number holds on every day.
_ALWAYS = date(1900, 1, 1)


class UnknownNumber(ValueError):
    """A change that names no parameter, or gives no number; the message says so in one line."""


def parse_change(text: str, parameters: Mapping[str, Parameter]) -> tuple[str, float]:
    """`poverty.line.rural.near_max=1800000` as name and value. Raises UnknownNumber."""
    name, sign, value = (part.strip() for part in text.partition("="))
    if not sign:
        raise UnknownNumber(f"“{text}” is no change. Write it as parameter=value.")
    if name not in parameters:
        near = difflib.get_close_matches(name, parameters, 3, 0.5)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise UnknownNumber(f"no parameter is called “{name}”.{hint}")
    try:
        number = float(value)
    except ValueError:
        raise UnknownNumber(f"“{value}” is no number. Write it like 1800000 or 6.6.") from None
    if number < 0 or number != number or number > 10**12:
        raise UnknownNumber(f"“{value}” is outside of what {name} can be.")
    if parameters[name].metadata.unit is Unit.CURRENCY_VND and number != int(number):
        raise UnknownNumber(f"“{value}” is no whole number of đồng.")
    return name, number


def with_numbers(rules: Rules, changes: Mapping[str, float]) -> Rules:
    """The same rules with some numbers changed, on every day."""
    if not changes:
        return rules
    numbers = dict(rules.parameters)
    for name, value in changes.items():
        parameter = numbers[name]
        latest = next(entry for entry in reversed(parameter.values) if entry.value is not None)
        whole = int(value) if value == int(value) else value
        numbers[name] = replace(parameter, starts=(_ALWAYS,), values=(latest.model_copy(update={"value": whole}),))
    return make_rules(rules.documents, numbers)
