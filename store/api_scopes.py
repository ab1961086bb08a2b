"""What an API token may be allowed to do. A token has no more than its scopes, and its owner's duties still hold."""

from enum import StrEnum

from store.staff_roles import Role


class Scope(StrEnum):
    """One permission of an API token."""

    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_APPROVE = "campaigns:approve"
    FUND_READ = "fund:read"
    FUND_RECORD = "fund:record"
    FUND_APPROVE = "fund:approve"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    AUDIT_READ = "audit:read"
    CHANNELS_READ = "channels:read"
    CHANNELS_SWITCH = "channels:switch"


#: Scope -> duties of which the owner of the token must hold one at the moment of each call.
ROLES_OF_SCOPE: dict[Scope, frozenset[Role]] = {
    Scope.CAMPAIGNS_READ: frozenset(
        {Role.CAMPAIGN_AUTHOR, Role.CAMPAIGN_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR},
    ),
    Scope.CAMPAIGNS_WRITE: frozenset({Role.CAMPAIGN_AUTHOR}),
    Scope.CAMPAIGNS_APPROVE: frozenset({Role.CAMPAIGN_APPROVER}),
    Scope.FUND_READ: frozenset({Role.FUND_RECORDER, Role.FUND_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR}),
    Scope.FUND_RECORD: frozenset({Role.FUND_RECORDER}),
    Scope.FUND_APPROVE: frozenset({Role.FUND_APPROVER}),
    Scope.TICKETS_READ: frozenset({Role.HELP_DESK_OFFICER, Role.ADMINISTRATOR, Role.AUDITOR}),
    Scope.TICKETS_WRITE: frozenset({Role.HELP_DESK_OFFICER}),
    Scope.AUDIT_READ: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Scope.CHANNELS_READ: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Scope.CHANNELS_SWITCH: frozenset({Role.ADMINISTRATOR}),
}
