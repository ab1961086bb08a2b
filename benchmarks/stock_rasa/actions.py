"""The stock action server's only work: answer an intent with its words from a dictionary."""

import json
import os
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

ANSWERS: dict[str, str] = json.loads(Path(os.environ["STOCK_ANSWERS"]).read_text(encoding="utf-8"))
OTHERWISE = "Xin lỗi, tôi chưa có thông tin về việc này. Mời bà con hỏi Ủy ban nhân dân xã."


class ActionAnswer(Action):
    """Looks the answer up."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say it."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        dispatcher.utter_message(text=ANSWERS.get(intent or "", OTHERWISE))
        return []


class ActionSmallTalk(ActionAnswer):
    """The same for what is said to the bot itself."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_small_talk"


class ActionContactPerson(ActionAnswer):
    """The same."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_contact_person"


class ActionChangeLanguage(ActionAnswer):
    """The same."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_change_language"


class ActionForgetConversation(ActionAnswer):
    """The same."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_forget_conversation"


class ActionDoNotKnow(ActionAnswer):
    """The same."""

    def name(self) -> str:
        """Return the name in nlu/domain.yml."""
        return "action_do_not_know"
