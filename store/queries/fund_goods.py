"""Gifts in kind as everybody may see them: what came and what was handed over, apart from money."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from store.ledger_chain import DEMO_LEVEL


@dataclass(frozen=True)
class PublicGoods:
    """Goods that came or were handed over. `value` is đồng, 0 where nobody valued them."""

    number: int
    arrived: bool
    happened_on: date
    what: str
    commune: str | None
    value: int
    donor_name: str | None
    name_shown: str | None


_GOODS = text("""
select entry.number, entry.kind = 'goods_received', entry.happened_on, entry.details ->> 'goods', entry.commune,
    coalesce((select sum(amount) from fund_posting as one where one.entry = entry.number and amount > 0), 0)::bigint,
    pledge.donor_name, pledge.name_shown
from fund_entry as entry
left join pledge on pledge.code = entry.pledge_code
where entry.kind in ('goods_received', 'goods_delivered') and (entry.level = :demo_level) = :demo
  and (cast(:before as bigint) is null or entry.number < :before)
order by entry.number desc limit :limit
""")


async def public_goods(
    connection: AsyncConnection, *, before: int | None = None, limit: int = 20, demo: bool = False
) -> list[PublicGoods]:
    """Return goods, the newest entry first; `before` is the number of the last one of the page before."""
    values = {"before": before, "limit": limit, "demo": demo, "demo_level": DEMO_LEVEL}
    return [PublicGoods(*row) for row in await connection.execute(_GOODS, values)]
