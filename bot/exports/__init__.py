"""What was said, written down for other people: tables for everybody, rows for a named person with a reason."""
