"""What the pages of the content are made of."""
