"""Vocational courses in conversation: what is told of a course, who is told what, and what an upload changes."""
