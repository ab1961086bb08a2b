"""The closed lists of what a campaign run can be, and what it can be for, with the words that staff see."""

from enum import StrEnum


class RunState(StrEnum):
    """Where a campaign run stands. Only `running` sends."""

    #: Its audience is frozen, its time has not come.
    WAITING = "waiting"
    RUNNING = "running"
    #: A person paused it.
    PAUSED = "paused"
    #: The system stopped it: too many errors, or a fault of the account. A person may resume it.
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    FINISHED = "finished"


#: State -> words for staff.
RUN_LABELS: dict[RunState, dict[str, str]] = {
    RunState.WAITING: {"vi": "chờ đến giờ gửi", "en": "waiting for its time"},
    RunState.RUNNING: {"vi": "đang gửi", "en": "sending"},
    RunState.PAUSED: {"vi": "tạm dừng", "en": "paused"},
    RunState.STOPPED: {"vi": "hệ thống đã dừng lại", "en": "stopped by the system"},
    RunState.CANCELLED: {"vi": "đã hủy", "en": "cancelled"},
    RunState.FINISHED: {"vi": "đã gửi xong", "en": "finished"},
}


class Purpose(StrEnum):
    """What a run is for; the law's limits for advertising hold for the last two."""

    #: News of policy and of what people may get. Not advertising: Decree 91/2020, article 3.1.
    POLICY_NEWS = "policy_news"
    #: A service that the person registered for: a course, a pledge, a reminder.
    SERVICE = "service"
    #: Asking for contributions. Whether it is "social policy" is not certain, so it counts as advertising.
    FUND_RAISING = "fund_raising"
    ADVERTISING = "advertising"


#: Purposes for which Decree 91/2020 on spam holds: prior consent, 07:00-22:00, three in 24 hours, label, way out.
COUNTS_AS_ADVERTISING = frozenset({Purpose.FUND_RAISING, Purpose.ADVERTISING})
