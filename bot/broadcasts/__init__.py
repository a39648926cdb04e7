"""One flow, or one text, to many people: who, when, at what price, and who is left out and why."""
