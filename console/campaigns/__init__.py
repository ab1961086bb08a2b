"""What the pages on campaigns are made of: the draft that is being written, its form, and phones that show it."""
