"""Where staff work, and the public pages."""
