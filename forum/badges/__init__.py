"""Badges: what others thought of somebody's help, in a word; earned by rules that are data."""
