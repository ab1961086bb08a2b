"""Who may do what: sign-in, sessions, tokens, and the table of pages and actions."""
