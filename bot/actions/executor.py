"""The executor that knows every action."""

from rasa_sdk.executor import ActionExecutor

from bot.actions.answer import AnswerAction, AnswerEachAction, DoNotKnowAction
from bot.actions.conversation import ChangeLanguageAction, ForgetConversationAction
from bot.actions.course_interest import CourseAgreeAction, CourseInterestAction, CourseWithdrawAction, YesOrNoAction
from bot.actions.course_phone import AskCoursePhoneAction, SaveCoursePhoneAction, ValidateCoursePhoneForm
from bot.actions.courses import CourseDetailAction, FindCoursesAction, MyCoursesAction
from bot.actions.did_you_mean import DidYouMean
from bot.actions.eligibility.form import AskNextQuestion, ReadReply, ShowResult
from bot.actions.feedback import FeedbackAction, WrongAnswerAction
from bot.actions.giving.account_check import AccountCheck, ReportAccount
from bot.actions.giving.change import AskNewAmount, NewAmountGiven, ValidateGiftAmountForm
from bot.actions.giving.end import EndPledge, PledgeButton
from bot.actions.giving.form import AskPledgeQuestion, ReadPledgeReply
from bot.actions.giving.gifts import GiftAction, MyGiftsAction
from bot.actions.helpdesk import ContactPersonAction, TicketAction
from bot.actions.link import LinkAction
from bot.actions.my_data import EraseAllAction, MyDataAction
from bot.actions.news import NewsAction
from bot.actions.place import ContactOfficeAction
from bot.actions.poll import PollAnswerAction
from bot.actions.receipt import ShowReceiptAction
from bot.actions.safety import SafetyAction
from bot.actions.small_talk import SmallTalkAction, TopicMenuAction
from bot.languages import SpokenLanguages
from bot.learning.open_questions import OpenQuestions
from bot.learning.ratings import Ratings
from content.human_languages import HumanLanguages
from content.library import Library
from fund.configuration import FundConfiguration
from store.clock import Clock
from store.database import Database


def action_executor(
    library: Library,
    database: Database,
    clock: Clock,
    languages: SpokenLanguages | None = None,
    open_questions: OpenQuestions | None = None,
    fund: FundConfiguration | None = None,
    public_address: str = "",
) -> ActionExecutor:
    """Return an executor that knows every action of `nlu/domain.yml`."""
    executor = ActionExecutor()
    languages = languages or SpokenLanguages(HumanLanguages(library))
    fund = fund or FundConfiguration()
    did_you_mean = DidYouMean(library)
    accounts = AccountCheck(database, public_address)
    agree = CourseAgreeAction(database, clock)
    ratings = Ratings(database, clock, open_questions or OpenQuestions(database, clock))
    for action in (
        AnswerAction(library, did_you_mean, accounts),
        AnswerEachAction(library, did_you_mean),
        DoNotKnowAction(did_you_mean, accounts),
        SmallTalkAction(),
        TopicMenuAction(),
        ContactPersonAction(database, clock),
        TicketAction(database, clock),
        ContactOfficeAction(),
        ReadReply(library, database),
        AskNextQuestion(),
        ShowResult(database, clock),
        ChangeLanguageAction(library, database, languages),
        ForgetConversationAction(database, clock),
        MyDataAction(database),
        LinkAction(database, clock),
        EraseAllAction(database, clock),
        YesOrNoAction(agree),
        FindCoursesAction(database),
        MyCoursesAction(database),
        CourseDetailAction(database),
        CourseInterestAction(database),
        agree,
        CourseWithdrawAction(database, clock),
        AskCoursePhoneAction(database),
        ValidateCoursePhoneForm(),
        SaveCoursePhoneAction(database, clock),
        ShowReceiptAction(library, database),
        FeedbackAction(ratings),
        WrongAnswerAction(ratings, did_you_mean),
        PollAnswerAction(database, clock),
        NewsAction(database, clock),
        SafetyAction(library, database, clock, accounts),
        ReportAccount(database, clock),
        ReadPledgeReply(library, database, fund),
        AskPledgeQuestion(database, fund),
        EndPledge(database, clock, fund),
        PledgeButton(),
        GiftAction(database, clock, fund),
        MyGiftsAction(database, fund),
        AskNewAmount(database, fund),
        ValidateGiftAmountForm(),
        NewAmountGiven(database, fund),
    ):
        executor.register_action(action)
    return executor
