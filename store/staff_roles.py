"""The closed list of duties that staff may have. Each is held for one area, or for the whole province."""

from enum import StrEnum


class Role(StrEnum):
    """One duty. Nobody approves what they wrote themselves, whatever duties they hold."""

    ADMINISTRATOR = "administrator"
    POLICY_OWNER = "policy_owner"
    CAMPAIGN_AUTHOR = "campaign_author"
    CAMPAIGN_APPROVER = "campaign_approver"
    HELP_DESK_OFFICER = "help_desk_officer"
    FUND_RECORDER = "fund_recorder"
    FUND_APPROVER = "fund_approver"
    AUDITOR = "auditor"


#: Area of a duty that is held everywhere. Any other area is the code of a commune or ward (content/places).
WHOLE_PROVINCE = ""
