"""What a community said, as figures that may be shown: in the console, in public, and to a spreadsheet."""
