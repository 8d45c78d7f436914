"""The published sign-ins of the demo community."""

SIGN_INS: tuple[tuple[str, str, str], ...] = (  # name, password, role
    ("nele", "tea-and-kettle-1", "admin"),
    ("piet", "two-rinses-first", "moderator"),
    ("mara", "slow-circles-only", "member"),
)
