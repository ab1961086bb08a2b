"""What can be done in the console, and by whom: each action is declared once, beside the page that offers it.

The declaration is all there is: pages open a transaction for writing only through `Visit.acting(action)`, and the table
in docs/console-access.md and the tests are made from the same list.
"""

from dataclasses import dataclass

from store.queries.staff import Staff
from store.staff_roles import WHOLE_PROVINCE, Role

ALL_STAFF: frozenset[Role] = frozenset(Role)


@dataclass(frozen=True)
class Action:
    """Something that changes something.

    Attributes:
        name: noun and verb, such as `campaign.approve`; `console.action.<name>` in the catalogues says it in words.
        roles: who may, in the area of the thing that is changed.
    """

    name: str
    roles: frozenset[Role]

    def allows(self, staff: Staff, area: str = WHOLE_PROVINCE) -> bool:
        """True if somebody may do this in an area. What concerns no single commune needs a duty for the province."""
        return any(staff.may(role, area) for role in self.roles)


ACTIONS: dict[str, Action] = {}


def action(name: str, *roles: Role) -> Action:
    """Declare an action.

    Raises:
        ValueError: it is declared already; two declarations might not say the same.
    """
    if name in ACTIONS:
        raise ValueError(f"The action {name} is declared twice. Import it from where it is declared.")
    ACTIONS[name] = Action(name, frozenset(roles) or ALL_STAFF)
    return ACTIONS[name]
