"""The closed lists of what a campaign, a request for approval, a planned leaving can be, with words for staff."""

from enum import StrEnum


class CampaignState(StrEnum):
    """Where a campaign stands. Whether something of it is leaving right now is told by its runs."""

    DRAFT = "draft"
    #: Its rendering and audience wait for a second person.
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CANCELLED = "cancelled"
    #: Nothing of it will leave any more.
    CLOSED = "closed"


CAMPAIGN_LABELS: dict[CampaignState, dict[str, str]] = {
    CampaignState.DRAFT: {"vi": "đang soạn", "en": "draft"},
    CampaignState.SUBMITTED: {"vi": "chờ duyệt", "en": "waits for approval"},
    CampaignState.APPROVED: {"vi": "đã duyệt", "en": "approved"},
    CampaignState.CANCELLED: {"vi": "đã hủy", "en": "cancelled"},
    CampaignState.CLOSED: {"vi": "đã kết thúc", "en": "closed"},
}


class ApprovalState(StrEnum):
    """What became of a request for approval."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    #: The campaign was edited, cancelled or submitted anew after it.
    VOID = "void"


APPROVAL_LABELS: dict[ApprovalState, dict[str, str]] = {
    ApprovalState.OPEN: {"vi": "chờ duyệt", "en": "open"},
    ApprovalState.APPROVED: {"vi": "đã duyệt", "en": "approved"},
    ApprovalState.REFUSED: {"vi": "không duyệt", "en": "refused"},
    ApprovalState.VOID: {"vi": "hết giá trị vì đã sửa", "en": "void"},
}


class ApprovalScope(StrEnum):
    """How far an approval reaches."""

    #: Exactly the recipients that were frozen with the request.
    ONCE = "once"
    #: Every planned leaving, as long as rendering and rule of the audience stay the same.
    STANDING = "standing"


class OccurrenceState(StrEnum):
    """What became of one planned leaving."""

    PLANNED = "planned"
    #: Its time came and a person has to look: too late, rendering changed, audience grew.
    HELD = "held"
    STARTED = "started"
    #: Let go with a reason: late, paused, nobody to send to, "no use after" has passed.
    SKIPPED = "skipped"
    #: Belongs to an older version of the campaign.
    DISARMED = "disarmed"


OCCURRENCE_LABELS: dict[OccurrenceState, dict[str, str]] = {
    OccurrenceState.PLANNED: {"vi": "đã lên lịch", "en": "planned"},
    OccurrenceState.HELD: {"vi": "giữ lại, chờ người xem", "en": "held for a person"},
    OccurrenceState.STARTED: {"vi": "đã bắt đầu gửi", "en": "started"},
    OccurrenceState.SKIPPED: {"vi": "bỏ qua", "en": "skipped"},
    OccurrenceState.DISARMED: {"vi": "không còn hiệu lực (lịch cũ)", "en": "disarmed"},
}


class HookState(StrEnum):
    """What became of one call to a webhook."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
