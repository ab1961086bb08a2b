"""Files that people sent on Zalo, whose platforms hand out addresses on Zalo's own hosts."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.channels.media import AllowedHosts, fetch_limited

#: Hosts on which Zalo keeps what people send (addresses in its documentation and in live traffic).
ZALO_HOSTS = frozenset({"zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com", "zaloplatforms.com"})


@dataclass(frozen=True)
class ZaloMedia:
    """Fetches from Zalo's hosts. Where `base_address` is none of them, it is a stand-in and hands out its own files."""

    base_address: str

    async def fetch(self, reference: str) -> bytes:
        """See `bot.channels.media.MediaSource.fetch`; `reference` is an address."""
        base = urlsplit(self.base_address)
        own = set() if (base.hostname or "").endswith(tuple(ZALO_HOSTS)) else {f"{base.scheme}://{base.netloc}"}
        return await fetch_limited(reference, AllowedHosts(suffixes=ZALO_HOSTS, origins=own))
