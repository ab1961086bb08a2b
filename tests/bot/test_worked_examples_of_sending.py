"""The worked examples of the facts on sending (section 10.4): Decree 91/2020 on spam."""

from datetime import datetime, time

from bot.delivery.rules import ADVERTISING_PER_DAY, SendingRules
from store.clock import LOCAL_ZONE
from store.queries.bulk import ReachCap
from store.run_states import COUNTS_AS_ADVERTISING, Purpose

#: Rules of an organisation that would send at any hour.
ANY_HOUR = SendingRules(open_from=time(0), open_until=time(23, 59))
LATE = datetime(2026, 6, 1, 22, 30, tzinfo=LOCAL_ZONE)


def test_l06_an_advertisement_at_half_past_ten_at_night_waits_for_seven_in_the_morning() -> None:
    morning = datetime(2026, 6, 2, 7, 0, tzinfo=LOCAL_ZONE)
    for purpose in COUNTS_AS_ADVERTISING:
        assert ANY_HOUR.opens_at(LATE, purpose) == morning
        assert ANY_HOUR.opens_at(datetime(2026, 6, 1, 21, 59, tzinfo=LOCAL_ZONE), purpose) != morning


def test_l07_the_cap_of_each_person_lets_no_fourth_advertisement_leave_within_24_hours() -> None:
    # The cap counts days of Vietnam: 24 hours touch two of them.
    assert ADVERTISING_PER_DAY == 3 and 2 * ReachCap().per_day <= ADVERTISING_PER_DAY


def test_l08_news_of_social_policy_is_not_advertising() -> None:
    assert Purpose.POLICY_NEWS not in COUNTS_AS_ADVERTISING
    assert ANY_HOUR.opens_at(LATE, Purpose.POLICY_NEWS) == LATE
