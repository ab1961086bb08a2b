"""A chat as an officer sees it: the person on the left, bot and officers on the right, what is not sent yet marked."""

from nicegui import ui

from console.shell.visit import Visit
from console.shell.words import span
from console.tickets.words import language_of
from store.delivery_states import LABELS, SHOWN_STATES, DeliveryKind, DeliveryState
from store.queries.ticket_history import ChatLine

_SHOWN = {state.value for state in SHOWN_STATES}


def draw_chat(visit: Visit, lines: list[ChatLine]) -> None:
    """Draw the lines. Words are shown as text, whatever is in them."""
    for line in lines:
        who = "person" if line.from_person else "officer" if line.kind == DeliveryKind.OFFICER else "bot"
        with ui.element("div").classes(f"ct-line {who}"):
            with ui.element("div").classes("ct-small ct-muted"):
                span(f"{visit.t(f'desk.page.from.{who}')} · {visit.moment(line.at)}")
                if line.state is not None and line.state not in _SHOWN:
                    span(f" · {LABELS[DeliveryState(line.state)][language_of(visit)]}")
            ui.label(line.text or visit.t("desk.page.erased")).classes("ct-bubble")
