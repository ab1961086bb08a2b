"""The law as code: dated numbers, the facts of a household, conditions over them, and the rules of each programme."""
