"""The processes of a service, and what keeps them small, running and tidy."""
