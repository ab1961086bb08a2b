"""One-time codes (TOTP, RFC 6238): which step a code is of, and their secrets under seal in the database."""

import secrets
from datetime import datetime

import pyotp
import structlog

from store.database import Database
from store.queries.staff_sign_in import Credentials, seal_totp_secret, unsealed_totp_secrets
from store.sealing import CannotUnseal, Sealer

log = structlog.get_logger(__name__)

#: Seconds of a step, and a clock that runs one step wrong is forgiven.
STEP_SECONDS = 30
FORGIVEN_STEPS = 1


def totp_secret_of(found: Credentials, sealer: Sealer) -> str | None:
    """Return the secret of an account; None where none was made, or where it was sealed with another key.

    The log says what to do about the latter.
    """
    if found.totp_sealed is None:
        return found.totp_secret
    try:
        return sealer.unseal(found.totp_sealed)
    except CannotUnseal as error:
        log.error("one_time_codes_cannot_be_read", staff=found.staff_id, error=str(error))
        return None


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the 30-second step whose code this is, None if it is none of those around `now`."""
    if len(code) != 6 or not code.isdecimal():
        return None
    generator = pyotp.TOTP(secret)
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present - FORGIVEN_STEPS, present + FORGIVEN_STEPS + 1):
        if secrets.compare_digest(generator.generate_otp(step), code):
            return step
    return None


async def seal_what_lies_open(database: Database, sealer: Sealer) -> int:
    """Seal the secrets that an older version left in the clear; return how many. Several processes may try at once."""
    async with database.transaction() as connection:
        found = await unsealed_totp_secrets(connection)
        for staff_id, secret in found:
            await seal_totp_secret(connection, staff_id=staff_id, sealed=sealer.seal(secret))
    if found:
        log.info("one_time_codes_sealed", number=len(found))
    return len(found)
