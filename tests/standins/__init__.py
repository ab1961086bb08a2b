"""Servers that imitate the platforms: they check what the platforms check and can be told to fail.

Each is an ASGI application made from `StandIn`; `python -m tests.standins` (`make standins`) runs them all by hand.
"""
