"""What the console's pages on the fund share."""
