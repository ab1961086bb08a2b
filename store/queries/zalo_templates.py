"""Templates of Zalo that were approved, and what each demands."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Parameter:
    """One place of a template. Lengths in code points; `longest` None: nobody says."""

    name: str
    required: bool
    shortest: int
    longest: int | None


@dataclass(frozen=True)
class Template:
    """See `store.models.zalo.ZaloTemplate`. Prices in đồng, None where nobody says."""

    id: str
    name: str
    status: str
    parameters: tuple[Parameter, ...]
    price_by_user: int | None = None
    price_by_phone: int | None = None
    quality: str = ""


_PUT = text("""
insert into zalo_template (id, name, status, parameters, price_by_user, price_by_phone, quality, looked_at)
values (:id, :name, :status, :parameters, :price_by_user, :price_by_phone, :quality, :now)
on conflict (id) do update set name = excluded.name, status = excluded.status, parameters = excluded.parameters,
    price_by_user = excluded.price_by_user, price_by_phone = excluded.price_by_phone, quality = excluded.quality,
    looked_at = excluded.looked_at
""").bindparams(bindparam("parameters", type_=JSONB))


async def put_template(connection: AsyncConnection, template: Template, *, now: datetime) -> None:
    """Keep what Zalo says about a template."""
    values = {
        "id": template.id,
        "name": template.name,
        "status": template.status,
        "parameters": [asdict(one) for one in template.parameters],
        "price_by_user": template.price_by_user,
        "price_by_phone": template.price_by_phone,
        "quality": template.quality,
    }
    await connection.execute(_PUT, {**values, "now": now})


_COLUMNS = "id, name, status, parameters, price_by_user, price_by_phone, quality"
_READ = text(f"select {_COLUMNS} from zalo_template where id = :id").columns(parameters=JSONB)
_ALL = text(f"select {_COLUMNS} from zalo_template order by id").columns(parameters=JSONB)


async def read_template(connection: AsyncConnection, template_id: str) -> Template | None:
    """Return a template, None when it is not registered."""
    row = (await connection.execute(_READ, {"id": template_id})).one_or_none()
    return None if row is None else _template(*row)


async def all_templates(connection: AsyncConnection) -> Sequence[Template]:
    """Return all that are registered."""
    return [_template(*row) for row in await connection.execute(_ALL)]


def _template(
    template_id: str,
    name: str,
    status: str,
    parameters: Sequence[dict[str, object]],
    price_by_user: int | None,
    price_by_phone: int | None,
    quality: str,
) -> Template:
    read = tuple(Parameter(**one) for one in parameters)  # type: ignore[arg-type]
    return Template(template_id, name, status, read, price_by_user, price_by_phone, quality)


_STATUS = text("update zalo_template set status = :status, looked_at = :now where id = :id")


async def set_template_status(connection: AsyncConnection, template_id: str, *, status: str, now: datetime) -> bool:
    """Note that a template was enabled or disabled; False when it is not registered."""
    return (await connection.execute(_STATUS, {"id": template_id, "status": status, "now": now})).rowcount == 1
