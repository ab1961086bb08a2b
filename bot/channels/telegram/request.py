"""How python-telegram-bot speaks HTTP here: through aiohttp.

Its own way, httpx, looks through all connections at each request: with 150 messages under way one costs 7 ms of the
processor instead of 0.5, and a bot could not send a hundred a second (docs/benchmarks.md).
"""

from typing import Any
from urllib.parse import urlencode

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.json_bodies import read_json
from bot.channels.telegram.tolerance import readable_answer

#: Nothing was written to the network yet: the message certainly did not leave.
NOT_ASKED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": BaseRequest.USER_AGENT}
_PLAIN = {"User-Agent": BaseRequest.USER_AGENT}


class AiohttpRequest(BaseRequest):
    """Requests over kept connections, at most `connections` at once.

    Args:
        connect: seconds to wait for a free connection and to open one.
        read: seconds of silence after which an answer is not waited for any longer.
    """

    def __init__(self, connections: int, *, connect: float, read: float) -> None:
        self._connections = connections
        self._connect = connect
        self._read = read
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds of silence after which an answer is not waited for any longer."""
        return self._read

    async def initialize(self) -> None:
        """Do nothing: the connections are made when they are needed."""

    async def shutdown(self) -> None:
        """Close the connections; the next request opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Ask once; see `BaseRequest.do_request`. How long writing takes is bounded by the caller."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=self._connections))
        read = self._read if isinstance(read_timeout, DefaultValue) else read_timeout
        connect = self._connect if isinstance(connect_timeout, DefaultValue) else connect_timeout
        data, headers = _body(request_data)
        try:
            async with self._session.request(
                method,
                url,
                data=data,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_read=read),
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"aiohttp.{type(error).__name__}: {error}") from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Parse an answer, whatever it leaves out; half characters that somebody typed keep nothing else from us."""
        answer = read_json(payload)
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return readable_answer(answer)


def _body(request_data: RequestData | None) -> tuple[Any, dict[str, str]]:
    if request_data is None:
        return None, _PLAIN
    files = request_data.multipart_data
    if not files:
        return urlencode(request_data.json_parameters).encode(), _FORM
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in files.items():
        form.add_field(name, content, filename=filename, content_type=mime)
    return form, _PLAIN
