"""`as-on`: a link with which staff talk to the bot as on another day."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.as_on import AsOn, make_token
from server.commands.common import fail, out, parse_day, print_json, read_settings
from server.secret_file import link_secret
from store.clock import LOCAL_ZONE, SystemClock

#: The library knows nothing of days outside of these; a typing error in the year is caught.
FIRST_YEAR, LAST_YEAR = 1990, 2100


def as_on(
    day: Annotated[str, typer.Argument(help="The day to answer as on (year-month-day), past or future.")],
    hours: Annotated[float, typer.Option(help="Hours that the link may be used.", min=0.1, max=24 * 31)] = 8,
    address: Annotated[str | None, typer.Option(help="Where the web chat is reached, if not on this machine.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where the secret that signs links is kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print day, end and link as JSON.")] = False,
) -> None:
    """Print a link that opens the web chat as on another day, for staff."""
    parsed = parse_day(day)
    assert parsed is not None
    if not FIRST_YEAR <= parsed.year <= LAST_YEAR:
        fail(f"the year of {day} is not between {FIRST_YEAR} and {LAST_YEAR}. Check the date.")
    settings = read_settings(data_dir=data_dir)
    until = SystemClock().now() + timedelta(hours=hours)
    base = (address or settings.public_address or f"http://{settings.host}:{settings.port}").rstrip("/")
    if not base.startswith(("http://", "https://")):
        fail(f"“{base}” is not an address. Write it with http:// or https://.")
    # Behind "#", so that the token stays out of the logs of web servers.
    link = f"{base}/#as-on={make_token(link_secret(settings), AsOn(parsed, until))}"
    if as_json:
        print_json({"on": parsed.isoformat(), "until": until.isoformat(), "link": link})
        return
    out.print(link, markup=False)
    out.print(f"As on {parsed.isoformat()}, usable until {until.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M} (Vietnam).")
