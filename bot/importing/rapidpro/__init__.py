"""Exports of RapidPro and TextIt (flows of format 13) as drafts of flows."""
