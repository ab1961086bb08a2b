"""What was not answered well: kept without the person, for staff to read, label and teach."""
