"""What all pages of the console share: who is looking, the frame around a page, the list of pages."""
