"""What can be done with campaigns in the console. Each service checks organisation, area and state itself."""

from console.access.actions import action
from store.staff_roles import Role

WRITE = action("campaign.write", Role.CAMPAIGN_AUTHOR)
APPROVE = action("campaign.approve", Role.CAMPAIGN_APPROVER)
STEER = action("campaign.steer", Role.CAMPAIGN_AUTHOR, Role.CAMPAIGN_APPROVER, Role.ADMINISTRATOR)
EXPORT = action("campaign.export", Role.CAMPAIGN_AUTHOR, Role.CAMPAIGN_APPROVER)
MANAGE_LISTS = action("contact_list.manage", Role.CAMPAIGN_AUTHOR)

#: Who sees campaigns of their organisation; administrators and auditors those of all.
READERS = (Role.CAMPAIGN_AUTHOR, Role.CAMPAIGN_APPROVER, Role.ADMINISTRATOR, Role.AUDITOR)
