"""The processes that are not the web: RQ jobs and the clock. Thin entrances to the use cases in `bot`."""
