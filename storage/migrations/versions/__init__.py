"""The migrations, one file each, in a single line."""
