"""Text that stands on one line: titles of boards, names of things."""


def one_line(text: str) -> str:
    """`text` without line ends, control characters and signs that cannot be seen, with single spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
