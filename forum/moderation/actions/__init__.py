"""Writes of the moderation room: each asks the guardian, changes, records in the log, publishes."""
