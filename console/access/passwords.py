"""Passwords: Argon2id, checked off the event loop, two at a time."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Length, not a mixture of signs: NIST SP 800-63B section 3.1.1.2.
SHORTEST_PASSWORD = 12
#: More than anybody types, less than would keep the processor busy.
LONGEST_PASSWORD = 200

# The defaults of argon2-cffi: RFC 9106's second recommendation (64 MiB, 3 passes).
_hasher = PasswordHasher()
#: Each check takes 64 MiB for a moment: two at a time keep the whole system under its bound.
_two_at_a_time = asyncio.Semaphore(2)
#: What is checked where there is no account, so that the answer takes as long as with one.
_nobody = _hasher.hash("nobody has this password")


def password_fault(password: str, login: str) -> str | None:
    """Return what is wrong with a chosen password as a key of the catalogues, None if nothing is."""
    if len(password) < SHORTEST_PASSWORD:
        return "console.sign_in.password_short"
    if len(password) > LONGEST_PASSWORD:
        return "console.sign_in.password_long"
    if len(set(password)) < 5 or login in password.lower():
        return "console.sign_in.password_easy"
    return None


async def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password."""
    async with _two_at_a_time:
        return await asyncio.to_thread(_hasher.hash, password)


async def password_matches(stored: str | None, password: str) -> bool:
    """True if it is the password. Takes as long when there is none."""
    if len(password) > LONGEST_PASSWORD:
        return False
    async with _two_at_a_time:
        matches = await asyncio.to_thread(_verify, stored or _nobody, password)
    return matches and stored is not None


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
