"""Everything remembered: tables, queries and migrations; the only room that knows SQL."""
