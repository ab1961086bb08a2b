"""The closed list of error classes: what a refusal means for the message, whatever number the provider gave it.

A channel names the class with each outcome that is not a success; what the sender does about a class is in
`bot/delivery/retries.py`. The classes are those of the providers' own error tables.
"""

from enum import StrEnum


class ErrorClass(StrEnum):
    """What a refusal means for the message."""

    #: The provider is asked too often. It did not take the message; bulk of the account waits as long as it says.
    RATE = "rate"
    #: A fault that passes. The provider did not take the message; it is tried again after a while.
    RETRY = "retry"
    #: Not now, but at a known time (night, daily quota).
    LATER = "later"
    #: The access that we showed has run out. Tried again with a new one.
    REFRESH = "refresh"
    #: This person cannot get this message on this channel now; another channel may do.
    RECIPIENT = "recipient"
    #: This person cannot be reached on this channel until they write again.
    RECIPIENT_PERMANENT = "recipient_permanent"
    #: The message itself is not acceptable. Never tried again; many of them stop a campaign.
    PAYLOAD = "payload"
    #: The account is not set up right: nothing can leave from it until somebody mends it.
    CONFIG = "config"
    #: The account cannot pay: paid messages wait until somebody mends it.
    BILLING = "billing"
    #: The provider was asked and did not answer, or nobody can tell whether it took the message.
    NO_ANSWER = "no_answer"


#: Error class -> words for staff.
ERROR_LABELS: dict[ErrorClass, dict[str, str]] = {
    ErrorClass.RATE: {"vi": "nhà cung cấp yêu cầu gửi chậm lại", "en": "the provider asks to send slower"},
    ErrorClass.RETRY: {"vi": "lỗi tạm thời của nhà cung cấp", "en": "a passing fault of the provider"},
    ErrorClass.LATER: {"vi": "chưa gửi được vào lúc này", "en": "not possible at this time"},
    ErrorClass.REFRESH: {"vi": "mã truy cập hết hạn", "en": "the access token has run out"},
    ErrorClass.RECIPIENT: {
        "vi": "người nhận chưa nhận được qua kênh này",
        "en": "the person cannot get it on this channel now",
    },
    ErrorClass.RECIPIENT_PERMANENT: {
        "vi": "người nhận không còn nhận tin qua kênh này",
        "en": "the person cannot be reached on this channel",
    },
    ErrorClass.PAYLOAD: {"vi": "nội dung tin không được chấp nhận", "en": "the message is not acceptable"},
    ErrorClass.CONFIG: {"vi": "tài khoản gửi chưa được thiết lập đúng", "en": "the account is not set up right"},
    ErrorClass.BILLING: {"vi": "tài khoản gửi hết tiền hoặc không trả được", "en": "the account cannot pay"},
    ErrorClass.NO_ANSWER: {"vi": "nhà cung cấp không trả lời", "en": "the provider did not answer"},
}
