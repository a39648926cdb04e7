"""A noisy crowd goes through a flow before people do."""
