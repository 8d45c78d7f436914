"""Limits that are the same under every ruleset: they protect the counting itself, so no manager can lift them."""

DOWN_A_DAY = 10  # down votes of one member, a UTC day
UP_PER_PAIR = 4  # votes of one member for one other, a UTC day; the ruleset's cap withholds points at the same number
DOWN_PER_PAIR = 2
