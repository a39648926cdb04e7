"""The two stores and their drivers: how statements are made once and run with few journeys."""
