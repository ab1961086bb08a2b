"""How long tests wait for what must come. Long, as machines are busy: no test says how fast something is."""

PATIENCE_SECONDS = 120.0
PATIENCE_MS = 120_000
