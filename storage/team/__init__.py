"""The people who sign in: who they are, what they did, and what waits for them."""
