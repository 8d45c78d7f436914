"""The palette can be read: contrast by WCAG 2.2, in light and dark, from the tokens themselves."""

import re

import pytest

from tests.architecture.reading import ROOT

CSS = ROOT / "static" / "css"
TEXT = 4.5
MARK = 3.0
MODES = ("light", "dark")
TOKENS = {
    name: dict(zip(MODES, pair, strict=True))
    for name, *pair in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
        (CSS / "tokens.css").read_text().split("@media (prefers-contrast")[0],
    )
}
HUES = re.findall(r"\.hue-(\d+) \{ background: (#[0-9a-f]{6})", (CSS / "components" / "marks.css").read_text())
PAIRS = [
    *(
        (ink, ground, TEXT)
        for ink in ("ink", "quiet")
        for ground in ("paper", "raised", "sunk", "leaf-wash", "gold-wash")
    ),
    *(("leaf", ground, TEXT) for ground in ("paper", "raised", "leaf-wash")),
    *(("gold", ground, TEXT) for ground in ("paper", "raised", "gold-wash")),
    *(("berry", ground, TEXT) for ground in ("paper", "raised", "berry-wash")),
    *(("sky", ground, TEXT) for ground in ("paper", "raised", "gold-wash")),
    ("on-leaf", "leaf", TEXT),
    ("gold-mark", "paper", MARK),
    ("gold-mark", "gold-wash", MARK),
    *((level, "paper", MARK) for level in ("bronze", "silver")),
    ("edge", "raised", MARK),
]


def luminance(color: str) -> float:
    """Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_words_and_marks_stand_out(ink: str, ground: str, least: float, mode: str) -> None:
    """Text 4.5:1, marks 3:1 on every ground where they stand."""
    assert contrast(TOKENS[ink][mode], TOKENS[ground][mode]) >= least


def test_every_hue_serves_both_modes() -> None:
    """Twelve colors of boards and avatars: white initials 4.5:1 on them, they 3:1 on every ground."""
    assert [int(number) for number, _color in HUES] == list(range(12))
    for _number, color in HUES:
        assert contrast("#ffffff", color) >= TEXT
        for ground in ("paper", "raised", "leaf-wash"):
            assert all(contrast(color, TOKENS[ground][mode]) >= MARK for mode in MODES)
