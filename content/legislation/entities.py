"""Who the rules are about: persons, and the household in which they live and eat together."""

from openfisca_core.entities import Entity, GroupEntity

Person = Entity("person", "persons", "A person", "Somebody who lives in the household.")

Household = GroupEntity(
    "household",
    "households",
    "A household",
    "People who live together and share income and expenses; the commune reviews and recognises it as one.",
    roles=[{"key": "member", "plural": "members", "label": "Members"}],
)
