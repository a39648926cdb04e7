"""The tallies, and what tables are made from."""
