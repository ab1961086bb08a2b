"""Secrets of this installation: the setting, or one made once and kept in the data directory."""

import contextlib
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from server.settings import Settings


def link_secret(settings: Settings) -> bytes:
    """Return the secret that signs links.

    All processes that share a data directory share it; others need `CHUNGTAY_LINK_SECRET`.
    """
    return _secret(settings, settings.link_secret, "link-secret")


def sealing_secret(settings: Settings) -> bytes:
    """Return the secret with which tokens are encrypted in the database. Shared as that of links is."""
    return _secret(settings, settings.sealing_key, "sealing-key")


def _secret(settings: Settings, given: SecretStr | None, name: str) -> bytes:
    if given is not None:
        return given.get_secret_value().encode()
    file = settings.data_dir / name
    with contextlib.suppress(FileNotFoundError):
        return file.read_bytes()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return _made_once(file)


def _made_once(file: Path) -> bytes:
    # Written beside and linked into place: of two processes that start together, both end up with the first one's.
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secrets.token_urlsafe(32).encode())
    with contextlib.suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
    return file.read_bytes()
