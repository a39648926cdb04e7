"""The service: what happens when somebody texts, or a coordinator asks. Web and workers are two doors to it."""
