"""SQLAlchemy models, a file per noun. Importing this package registers all tables on `Base.metadata`."""

from store.models.audit import AuditEntry
from store.models.base import Base
from store.models.campaign import (
    Campaign,
    CampaignApproval,
    CampaignOccurrence,
    CampaignRecipient,
    CampaignTest,
    CampaignVersion,
)
from store.models.campaign_results import CampaignRelay, PollAnswer, Webhook, WebhookCall
from store.models.campaign_run import CampaignRun, RunMessage
from store.models.channel_event import ButtonPayload, ChannelEvent, SentPart, TelegramFile
from store.models.channel_switch import ClosedChannel, ClosureNotice
from store.models.contact_list import ContactList, ContactListMember
from store.models.content_revision import ContentRevision, PolicyRequest
from store.models.conversation import Conversation
from store.models.course import Course, CourseInterest, TradeInterest
from store.models.delivery import Delivery
from store.models.fund_account import FundAccount
from store.models.fund_ledger import FundEntry, FundPosting, FundSeal, FundTotal, FundVoucher
from store.models.fund_statement import FundImport, FundRowDecision, FundStatementRow
from store.models.fund_use import FundAllocation, FundAllocationShare, FundDelivery, FundGift, FundReceipt
from store.models.incoming import Incoming
from store.models.kept_answers import KeptAnswers
from store.models.open_question import AnswerRating, OpenQuestion
from store.models.person import Consent, LinkAttempt, LinkCode, Person
from store.models.pledge import AccountReport, Pledge, PledgeInstalment
from store.models.reaction import Reaction
from store.models.receipt import Receipt
from store.models.sending_limit import BulkReach, ChatPace, SendingAccount, SendingGrant
from store.models.staff import (
    ApiToken,
    Organisation,
    SignInAttempt,
    StaffAccount,
    StaffDuty,
    StaffInvitation,
    StaffSession,
)
from store.models.ticket import CannedReply, DeskRules, DeskTopic, Ticket, TicketEvent, TicketMedia
from store.models.zalo import (
    PaidMessages,
    ZaloContact,
    ZaloEarlyReceipt,
    ZaloRequest,
    ZaloTemplate,
    ZaloToken,
    ZaloTokenChange,
    ZaloUpload,
)

__all__ = [
    "AccountReport",
    "AnswerRating",
    "ApiToken",
    "AuditEntry",
    "Base",
    "BulkReach",
    "ButtonPayload",
    "Campaign",
    "CampaignApproval",
    "CampaignOccurrence",
    "CampaignRecipient",
    "CampaignRelay",
    "CampaignRun",
    "CampaignTest",
    "CampaignVersion",
    "CannedReply",
    "ChannelEvent",
    "ChatPace",
    "ClosedChannel",
    "ClosureNotice",
    "Consent",
    "ContactList",
    "ContactListMember",
    "ContentRevision",
    "Conversation",
    "Course",
    "CourseInterest",
    "Delivery",
    "DeskRules",
    "DeskTopic",
    "FundAccount",
    "FundAllocation",
    "FundAllocationShare",
    "FundDelivery",
    "FundEntry",
    "FundGift",
    "FundImport",
    "FundPosting",
    "FundReceipt",
    "FundRowDecision",
    "FundSeal",
    "FundStatementRow",
    "FundTotal",
    "FundVoucher",
    "Incoming",
    "KeptAnswers",
    "LinkAttempt",
    "LinkCode",
    "OpenQuestion",
    "Organisation",
    "PaidMessages",
    "Person",
    "Pledge",
    "PledgeInstalment",
    "PolicyRequest",
    "PollAnswer",
    "Reaction",
    "Receipt",
    "RunMessage",
    "SendingAccount",
    "SendingGrant",
    "SentPart",
    "SignInAttempt",
    "StaffAccount",
    "StaffDuty",
    "StaffInvitation",
    "StaffSession",
    "TelegramFile",
    "Ticket",
    "TicketEvent",
    "TicketMedia",
    "TradeInterest",
    "Webhook",
    "WebhookCall",
    "ZaloContact",
    "ZaloEarlyReceipt",
    "ZaloRequest",
    "ZaloTemplate",
    "ZaloToken",
    "ZaloTokenChange",
    "ZaloUpload",
]
