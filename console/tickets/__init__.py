"""What the pages of the help desk are made of."""
