"""Sockets that this process listens on."""

import socket


class CannotListen(Exception):
    """The port is taken or not allowed."""


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket bound to `host:port`.

    Raises:
        CannotListen: with the likely cause and what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise CannotListen(
            f"Cannot listen on {host}:{port} ({error.strerror}). Another program may be using the port: "
            "stop it, or choose another with --port."
        ) from error
    return bound
