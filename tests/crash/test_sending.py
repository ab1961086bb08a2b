"""Campaigns under kill -9: what the receiver counted against what the ledger says."""

from tests.crash.sending import PER_SECOND, SENDER, attack, most_in_a_second, sending


async def test_nobody_is_lost_or_written_to_twice_when_senders_scheduler_and_database_are_killed() -> None:
    async with sending() as under:
        rounds = await attack(under, range(1, 5), recipients=200)
        assert await most_in_a_second(under) <= PER_SECOND
    assert [line for one in rounds for line in one.complaints] == []
    # Only what a killed sender had in its hands may be unknown.
    assert sum(one.unknown for one in rounds) <= sum(one.in_flight for one in rounds)


async def test_four_sender_processes_keep_one_limit_and_take_over_from_one_that_is_killed() -> None:
    async with sending(senders=4) as under:
        # Seeds that are divisible by four kill a sender.
        (one,) = await attack(under, [4], recipients=800)
        assert await most_in_a_second(under) <= PER_SECOND
    assert one.target == SENDER and one.complaints == []
    assert one.unknown <= one.in_flight
