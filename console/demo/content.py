"""A made-up proposal for the second policy owner: a statement was read again, and nothing of what it says changes."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.policy.edits import read_again
from bot.policy.revisions import PolicyRefused, propose
from console.demo.registry import Demo, demo_maker
from content.revisions import RevisionKind, fingerprint_of, shipped_data
from store.clock import local_date
from store.queries.content_revisions import list_revisions
from store.staff_roles import Role

_STATEMENT = "poverty_standard.what"


@demo_maker("proposal", position=50)
async def proposal(connection: AsyncConnection, demo: Demo) -> None:
    """Propose it once; where staff proposed something themselves there is nothing to make up."""
    if await list_revisions(connection, limit=1):
        return
    library, now = demo.desk.library, demo.desk.clock.now()
    shipped = shipped_data(library, RevisionKind.STATEMENT, _STATEMENT)
    try:
        await propose(
            connection,
            library,
            RevisionKind.STATEMENT,
            _STATEMENT,
            read_again(shipped, today=local_date(now)),
            base=fingerprint_of(shipped),
            reason="(mẫu) Đã đối chiếu lại với văn bản, nội dung vẫn đúng.",
            by=demo.staff[Role.POLICY_OWNER].id,
            now=now,
        )
    except PolicyRefused:
        # Read again today already: nothing would change.
        return
