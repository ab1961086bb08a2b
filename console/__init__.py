"""Where staff work, and the pages that anybody may open."""
