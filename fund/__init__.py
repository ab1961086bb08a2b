"""How we account: pledges, VietQR, bank statement matching, append-only ledger."""
