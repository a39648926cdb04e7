"""Champions by text: what they may ask for, and what they hear back. A stranger's text never comes here."""
