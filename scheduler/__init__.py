"""How we reach out: the one clock of planned work (campaigns, reminders, nightly housekeeping)."""
