"""Whoever waits for an answer is woken once, by the process that settled it or by the database."""

from bot.channels.waiting import SettledSignal


def test_a_notification_of_another_process_wakes() -> None:
    signal = SettledSignal()
    with signal.waiting_for(7) as waiting:
        signal.heard("6 7@other")
        assert waiting.settled.is_set()


def test_a_notification_of_this_process_does_not_wake_a_second_time() -> None:
    signal = SettledSignal()
    with signal.waiting_for(7) as waiting:
        signal.heard(f"7@{signal.origin}")
        assert not waiting.settled.is_set()
        signal.shown(7, 70, [{"text": "chào bác"}])
        assert waiting.settled.is_set() and waiting.answers == {70: [{"text": "chào bác"}]}


def test_an_answer_that_was_not_shown_at_once_wakes_to_look_into_the_ledger() -> None:
    signal = SettledSignal()
    with signal.waiting_for(7) as waiting:
        signal.settled(7)
        assert waiting.settled.is_set() and waiting.answers == {}


def test_after_a_lost_connection_everybody_looks_again() -> None:
    signal = SettledSignal()
    with signal.waiting_for(7) as one, signal.waiting_for(8) as other:
        signal.heard("")
        assert one.settled.is_set() and other.settled.is_set()
