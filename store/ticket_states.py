"""The closed lists of the help desk: states and reasons of tickets, what happens to one, and the words for staff."""

from enum import IntEnum, StrEnum


class TicketState(StrEnum):
    """Where a ticket stands."""

    #: Waits for somebody to answer.
    PENDING = "pending"
    #: An officer is talking with the person.
    OPEN = "open"
    #: Put aside until a time, or until the person writes.
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


#: State -> words for staff.
STATE_LABELS: dict[TicketState, dict[str, str]] = {
    TicketState.PENDING: {"vi": "chờ trả lời", "en": "pending"},
    TicketState.OPEN: {"vi": "đang trao đổi", "en": "open"},
    TicketState.SNOOZED: {"vi": "để sau", "en": "snoozed"},
    TicketState.RESOLVED: {"vi": "đã xong", "en": "resolved"},
}


class TicketReason(StrEnum):
    """Why there is a ticket."""

    #: The bot could not answer, and the person wanted somebody who can.
    NOT_ANSWERED = "not_answered"
    ASKED_FOR_PERSON = "asked_for_person"
    #: A picture, a recording, a file: only people can look at it.
    MEDIA = "media"
    DANGER = "danger"
    #: *Phản ánh, kiến nghị*; `about` says which kind.
    COMPLAINT = "complaint"
    #: Words that somebody wrote back to a campaign.
    CAMPAIGN_REPLY = "campaign_reply"
    #: An account number that somebody named as the fund's and that is not.
    ACCOUNT_REPORT = "account_report"
    #: An officer wrote first, here or in the messenger's own tool.
    OFFICER = "officer"


#: Reason -> words for staff.
REASON_LABELS: dict[TicketReason, dict[str, str]] = {
    TicketReason.NOT_ANSWERED: {"vi": "máy chưa trả lời được", "en": "could not be answered"},
    TicketReason.ASKED_FOR_PERSON: {"vi": "xin gặp cán bộ", "en": "asked for a person"},
    TicketReason.MEDIA: {"vi": "gửi ảnh, ghi âm, tệp", "en": "sent a picture, recording or file"},
    TicketReason.DANGER: {"vi": "có dấu hiệu nguy hiểm", "en": "may be in danger"},
    TicketReason.COMPLAINT: {"vi": "phản ánh, kiến nghị", "en": "complaint or proposal"},
    TicketReason.CAMPAIGN_REPLY: {"vi": "trả lời chiến dịch", "en": "reply to a campaign"},
    TicketReason.ACCOUNT_REPORT: {"vi": "báo số tài khoản lạ", "en": "reported an account number"},
    TicketReason.OFFICER: {"vi": "cán bộ nhắn trước", "en": "an officer wrote first"},
}

#: These are answered before all others, and seen by few until somebody decides otherwise.
CONFIDENTIAL_REASONS = frozenset({TicketReason.DANGER})


class ComplaintKind(StrEnum):
    """What a complaint is about; kept in `ticket.about`."""

    WRONG_LIST = "wrong_list"
    WRONGDOING = "wrongdoing"
    OBSTACLE = "obstacle"
    FUND = "fund"
    PERSONAL_DATA = "personal_data"
    OTHER = "other"


#: Kind -> words for staff.
COMPLAINT_LABELS: dict[ComplaintKind, dict[str, str]] = {
    ComplaintKind.WRONG_LIST: {"vi": "kết quả xét, danh sách hộ", "en": "review result or list of households"},
    ComplaintKind.WRONGDOING: {"vi": "tiêu cực, sách nhiễu", "en": "wrongdoing"},
    ComplaintKind.OBSTACLE: {"vi": "khó khăn, vướng mắc", "en": "obstacle"},
    ComplaintKind.FUND: {"vi": "quỹ, quà, cuộc vận động", "en": "fund, gifts, campaigns"},
    ComplaintKind.PERSONAL_DATA: {"vi": "dữ liệu cá nhân", "en": "personal data"},
    ComplaintKind.OTHER: {"vi": "việc khác", "en": "other"},
}


class EscalationStep(IntEnum):
    """Who has been told that nobody answered in time."""

    NOBODY = 0
    #: Everybody of its organisation who may see it; another officer has it, if one is there.
    COLLEAGUES = 1
    #: The administrators too: the time ran out once more.
    ADMINISTRATORS = 2


class TicketEventKind(StrEnum):
    """What happened to a ticket."""

    OPENED = "opened"
    #: The person raised the same again while it was open.
    ASKED_AGAIN = "asked_again"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    UNASSIGNED = "unassigned"
    REPLIED = "replied"
    NOTE = "note"
    HANDED_BACK = "handed_back"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    ROUTED = "routed"
    MADE_CONFIDENTIAL = "made_confidential"
    MADE_OPEN_TO_COLLEAGUES = "made_open_to_colleagues"
    MEDIA = "media"
