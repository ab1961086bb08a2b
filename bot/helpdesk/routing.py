"""Which organisation sees to a ticket: what `complaint_or_feedback.where` tells residents, as far as somebody is there.

Statement `content/statements/complaint_or_feedback/where.yaml` (QĐ 24/2021/QĐ-TTg; QĐ 967/QĐ-BNNMT): results of the
poverty review, papers and allowances belong to the People's Committee; the Fund, gifts and campaigns, and whatever
needs somebody to look after it, to the Fatherland Front. The bank has no desk here: about loans the Committee answers.
"""

from collections.abc import Collection

from content.topics import Topic
from store.ticket_states import ComplaintKind, TicketReason

COMMITTEE, FRONT = "ubnd", "mttq"

_OF_THE_FRONT = frozenset(
    {
        Topic.FUND_FOR_THE_POOR,
        Topic.DONATE_OR_PLEDGE,
        Topic.DONATION_RECEIPT_TRANSPARENCY,
        Topic.CAMPAIGN_INFORMATION,
    }
)
#: Whoever is complained about may sit in the commune's own office: the Front is asked to look after it.
_COMPLAINTS_TO_THE_FRONT = frozenset({ComplaintKind.FUND, ComplaintKind.WRONGDOING})
_REASONS_TO_THE_FRONT = frozenset({TicketReason.ACCOUNT_REPORT})
_CONFIDENTIAL_COMPLAINTS = frozenset({ComplaintKind.WRONGDOING, ComplaintKind.PERSONAL_DATA})


def responsible(reason: TicketReason, about: str, topic: str | None) -> str:
    """Return the organisation whose matter it is."""
    if reason in _REASONS_TO_THE_FRONT or (reason is TicketReason.COMPLAINT and about in _COMPLAINTS_TO_THE_FRONT):
        return FRONT
    return FRONT if topic in _OF_THE_FRONT else COMMITTEE


def staffed(wanted: str, at_the_desk: Collection[str]) -> str:
    """Return the organisation that gets it: the one whose matter it is, or, where it has nobody, one that has."""
    for organisation in (wanted, FRONT, COMMITTEE, *sorted(at_the_desk)):
        if organisation in at_the_desk:
            return organisation
    return wanted


def is_confidential(reason: TicketReason, about: str) -> bool:
    """Return whether few may see it: danger, wrongdoing, personal data."""
    return reason is TicketReason.DANGER or (reason is TicketReason.COMPLAINT and about in _CONFIDENTIAL_COMPLAINTS)
