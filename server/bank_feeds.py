"""Which bank feeds are in use: those that have a secret."""

from fund.feeds import Feed
from server.settings import Settings


def bank_secrets(settings: Settings) -> dict[Feed, str]:
    """Return the secret of each feed that is in use."""
    secrets = {
        Feed.SEPAY: settings.sepay_secret,
        Feed.CASSO: settings.casso_secret,
        Feed.PAYOS: settings.payos_secret,
    }
    return {feed: secret.get_secret_value() for feed, secret in secrets.items() if secret is not None}
