"""A form that waits while another action answers: Rasa comes back to it afterwards, and it says nothing then.

When a form gives way (`ActionExecutionRejection`) and a rule has answered, Rasa runs the form once more for the same
message, with its validation. To give way a second time would leave no action at all, and Rasa would say nine times
that it did not understand.
"""

from rasa_sdk import Tracker


def another_action_answered(tracker: Tracker) -> bool:
    """True when a rule's action has answered the latest message, so that the form has only to wait on."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        name = str(event.get("name") or "")
        # The form itself stands there too: Rasa writes it down before it validates.
        if event.get("event") == "action" and not (name == "action_listen" or name.endswith("_form")):
            return True
    return False
