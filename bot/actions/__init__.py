"""Rasa's custom actions: each asks content or store and returns a message key with data, never prose."""

from rasa_sdk.executor import ActionExecutor

from bot.actions.answer import AnswerAction, DoNotKnowAction
from bot.actions.conversation import ChangeLanguageAction, ForgetConversationAction
from bot.actions.place import ContactOfficeAction
from bot.actions.small_talk import ContactPersonAction, SmallTalkAction
from bot.languages import SpokenLanguages
from content.human_languages import HumanLanguages
from content.library import Library
from store.database import Database


def action_executor(library: Library, database: Database, languages: SpokenLanguages | None = None) -> ActionExecutor:
    """Return an executor that knows every action of `nlu/domain.yml`."""
    executor = ActionExecutor()
    languages = languages or SpokenLanguages(HumanLanguages(library))
    for action in (
        AnswerAction(library),
        DoNotKnowAction(library),
        SmallTalkAction(),
        ContactPersonAction(),
        ContactOfficeAction(),
        ChangeLanguageAction(database, languages),
        ForgetConversationAction(database),
    ):
        executor.register_action(action)
    return executor
