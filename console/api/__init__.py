"""The HTTP API for programs, below `/api/v1/`: a router per noun."""
