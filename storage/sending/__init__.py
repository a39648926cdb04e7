"""Messages on their way out: who is meant, what waits, who sends it, and what became of it."""
