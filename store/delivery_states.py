"""The closed list of delivery states, priorities and kinds, with the words that staff see.

A row moves forward only: queued -> claimed -> sent -> delivered -> seen, or ends in failed, unknown, expired, skipped
or cancelled. `unknown` means that a provider was asked to send and did not answer: it is never blindly sent again.
"""

from enum import IntEnum, StrEnum


class DeliveryState(StrEnum):
    """Where one message to one person stands."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


#: State -> words for staff.
LABELS: dict[DeliveryState, dict[str, str]] = {
    DeliveryState.QUEUED: {"vi": "đang chờ gửi", "en": "queued"},
    DeliveryState.CLAIMED: {"vi": "đang gửi", "en": "being sent"},
    DeliveryState.SENT: {"vi": "đã gửi", "en": "sent"},
    DeliveryState.DELIVERED: {"vi": "đã đến máy", "en": "delivered"},
    DeliveryState.SEEN: {"vi": "đã xem", "en": "seen"},
    DeliveryState.FAILED: {"vi": "gửi không được", "en": "failed"},
    DeliveryState.UNKNOWN: {"vi": "chưa rõ đã đến hay chưa", "en": "unknown: the provider did not answer"},
    DeliveryState.EXPIRED: {"vi": "quá hạn, không gửi nữa", "en": "too old to send"},
    DeliveryState.SKIPPED: {"vi": "không gửi", "en": "skipped"},
    DeliveryState.CANCELLED: {"vi": "đã hủy", "en": "cancelled"},
}

#: Not settled yet: still on its way out of this system.
OPEN_STATES = (DeliveryState.QUEUED, DeliveryState.CLAIMED)

#: The person can have it: what the web chat shows.
SHOWN_STATES = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.SEEN)


class Priority(IntEnum):
    """Lower leaves first. Replies never wait behind a campaign."""

    REPLY = 0
    TRANSACTIONAL = 1
    REMINDER = 2
    BULK = 3


class DeliveryKind(StrEnum):
    """Why a message is sent."""

    ANSWER = "answer"
    NOTICE = "notice"
    #: News of a course that the person registered for, or of a trade that they want to hear of.
    COURSE = "course"
    #: Thanks for a gift that came.
    GIFT = "gift"
    #: To one recipient of a campaign run.
    CAMPAIGN = "campaign"
    #: What an officer of the help desk writes, and what the desk says about it.
    OFFICER = "officer"
    #: That the person's channel is closed; the only message that leaves on a closed channel.
    CHANNEL_CLOSED = "channel_closed"
