"""Limits that are the same under every ruleset. Those of votes protect the counting itself: no manager lifts them."""

DOWN_A_DAY = 10  # down votes of one member, a UTC day
UP_PER_PAIR = 4  # votes of one member for one other, a UTC day; the ruleset's cap withholds points at the same number
DOWN_PER_PAIR = 2
MOST_CLAIMS = 3  # of one helper at once: nobody writes four answers
MOST_ALSO_HELPED = 3  # beside the accepted one: a list of all would say nothing
