"""Keeping a store: backups, what is deleted when, and which processes live."""
