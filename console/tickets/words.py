"""How tickets are told on the pages of the help desk."""

from datetime import datetime, timedelta

from console.shell.visit import Visit
from content.topics import Topic
from store.queries.tickets import TicketRow
from store.ticket_states import COMPLAINT_LABELS, REASON_LABELS, STATE_LABELS, ComplaintKind, TicketReason, TicketState

#: Look of a state, as a class of console.css.
STATE_LOOK = {
    TicketState.PENDING: "warn",
    TicketState.OPEN: "good",
    TicketState.SNOOZED: "",
    TicketState.RESOLVED: "",
}


def language_of(visit: Visit) -> str:
    """Return the language of labels: `vi` or `en`."""
    return "en" if visit.staff.language == "en" else "vi"


def reason_words(visit: Visit, ticket: TicketRow) -> str:
    """Return why there is a ticket; of a complaint its kind, of a reply the campaign."""
    language = language_of(visit)
    words = REASON_LABELS[ticket.reason][language]
    if ticket.reason is TicketReason.COMPLAINT and ticket.about in set(ComplaintKind):
        words += f" – {COMPLAINT_LABELS[ComplaintKind(ticket.about)][language]}"
    return f"{words}: {ticket.campaign}" if ticket.campaign else words


def state_words(visit: Visit, state: TicketState) -> str:
    """Return where a ticket stands."""
    return STATE_LABELS[state][language_of(visit)]


def topic_words(visit: Visit, topic: str | None) -> str:
    """Return the topic, a dash where none is known."""
    return visit.t(f"topic.{topic}") if topic in set(Topic) else "–"


def area_words(visit: Visit, area: str) -> str:
    """Return the commune, or that it is not known."""
    return visit.place(area) if area else visit.t("desk.page.no_area")


def how_long(visit: Visit, since: datetime | None) -> str:
    """Return how long ago something was: "12 phút", "3 giờ", "2 ngày"."""
    if since is None:
        return "–"
    passed = max(visit.now - since, timedelta(0))
    if passed < timedelta(hours=1):
        return visit.t("desk.page.minutes", number=int(passed.total_seconds() // 60))
    if passed < timedelta(days=2):
        return visit.t("desk.page.hours", number=int(passed.total_seconds() // 3600))
    return visit.t("desk.page.days", number=passed.days)


def is_unread(ticket: TicketRow) -> bool:
    """True where the person wrote after the officer's last answer."""
    if ticket.state is TicketState.RESOLVED:
        return False
    return ticket.answered_at is not None and ticket.heard_at is not None and ticket.heard_at > ticket.answered_at
