"""Telling a supervisor how the process is."""
