"""A setting as administrators read it in the console."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShownSetting:
    """`secret`: its value is not shown, only that it is set."""

    name: str
    value: str
    meaning: str
    secret: bool = False
