"""Keeping secrets in the database so that a copy of the database is not a copy of the secrets."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken


class CannotUnseal(Exception):
    """The value was sealed with another key, or changed since."""


class Sealer:
    """Encrypts short texts with one key (Fernet: AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec).

    Args:
        secret: any bytes that are hard to guess; the key is their SHA-256.
    """

    def __init__(self, secret: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))

    def seal(self, text: str) -> bytes:
        """Return `text` encrypted."""
        return self._fernet.encrypt(text.encode())

    def unseal(self, sealed: bytes) -> str:
        """Return the text.

        Raises:
            CannotUnseal: it was sealed with another key.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise CannotUnseal(
                "A secret in the database was sealed with another key. Set CHUNGTAY_SEALING_KEY (or restore the file "
                "sealing-key of the data directory) to the one with which it was written, or give the secret anew."
            ) from error
