"""Queries, a file per noun. Each takes an open connection; whoever calls decides where a transaction ends."""
