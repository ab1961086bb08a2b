"""`chungtay serve` with one channel more: a plain one that asks a counting receiver. Killed again and again.

CHUNGTAY_RECEIVER=http://127.0.0.1:8099 python -m benchmarks.crash_process --roles delivery --data-dir DIR
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import typer

import server.runtime
from benchmarks.sender_process import PlainChannel
from server.commands.serving import serve
from server.connection import Connection

#: Three hundred recipients take two seconds: long enough to be hit in the middle.
PER_SECOND = 200

_usual = server.runtime.connections


def _with_receiver(*arguments: Any) -> Sequence[Connection]:
    channel = PlainChannel(os.environ["CHUNGTAY_RECEIVER"])
    channel.capabilities = replace(channel.capabilities, per_second=PER_SECOND)
    return [*_usual(*arguments), Connection(channel)]


if __name__ == "__main__":
    server.runtime.connections = _with_receiver
    typer.run(serve)
