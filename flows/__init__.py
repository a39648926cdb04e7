"""The flow language and the engine that runs it. Pure: no clock, no chance, no network, no store."""
