"""Forms and flows of other programs, turned into flows of ours."""
