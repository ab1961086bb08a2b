"""The closed list of error classes: what a refusal means for the message, whatever number the provider gave it.

A channel names the class with each message that did not leave (`bot/channels/base.py`); what the sender does about a
class is in `bot/delivery/verdicts.py`. The ledger keeps it.
"""

from enum import StrEnum


class ErrorClass(StrEnum):
    """Why a message did not leave, in the terms in which the sender decides what to do next."""

    #: It certainly did not leave, for a reason that passes: try again after a back-off.
    RETRYABLE = "retryable"
    #: The account is too fast: nothing was sent; all sending of this account waits `retry_after`.
    RATE = "rate"
    #: The account's or the person's quota is used up: try again after `retry_after`, tell staff.
    QUOTA = "quota"
    #: The provider takes this kind of message only for some time after the person wrote: take another route.
    WINDOW_CLOSED = "window_closed"
    #: This person cannot get this message now (never began a chat, does not follow): take another route, try later.
    RECIPIENT = "recipient"
    #: This person cannot be reached on this channel until they write again: blocked, gone, wrong number.
    PERMANENT_RECIPIENT = "permanent_recipient"
    #: The message itself is refused; it never will be taken.
    PAYLOAD = "payload"
    #: Account, permission or token: nothing leaves until an administrator acts. Messages wait; they have not failed.
    AUTH = "auth"
    #: The account has no money for a paid message: paid messages wait, staff are told.
    BILLING = "billing"
    #: The provider was asked and nobody knows whether it sent. Never sent again by itself.
    UNKNOWN = "unknown"


#: Error class -> words for staff.
ERROR_LABELS: dict[ErrorClass, dict[str, str]] = {
    ErrorClass.RETRYABLE: {"vi": "lỗi tạm thời", "en": "a fault that passes"},
    ErrorClass.RATE: {"vi": "nhà cung cấp yêu cầu gửi chậm lại", "en": "the provider asks to send slower"},
    ErrorClass.QUOTA: {"vi": "hết hạn mức gửi", "en": "the quota is used up"},
    ErrorClass.WINDOW_CLOSED: {"vi": "đã quá thời gian được nhắn tự do", "en": "the window for free text has closed"},
    ErrorClass.RECIPIENT: {"vi": "hiện chưa nhắn được cho người này", "en": "the person cannot get it here now"},
    ErrorClass.PERMANENT_RECIPIENT: {
        "vi": "người này không còn nhận tin qua kênh này",
        "en": "the person cannot be reached on this channel",
    },
    ErrorClass.PAYLOAD: {"vi": "nội dung tin không được chấp nhận", "en": "the message is not acceptable"},
    ErrorClass.AUTH: {"vi": "tài khoản gửi chưa được cấp quyền", "en": "the account lacks a permission or token"},
    ErrorClass.BILLING: {"vi": "tài khoản gửi hết tiền", "en": "the account has no money"},
    ErrorClass.UNKNOWN: {"vi": "nhà cung cấp không trả lời", "en": "the provider did not answer"},
}
