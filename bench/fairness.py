"""How well the fairness report tells rings from honest people: precision and recall on simulated populations.

`python -m bench.fairness` prints the table alone. Everything comes from seeds: the figures are the same on any machine.
"""

from forum.reputation.fairness import WINDOW_DAYS
from tests.reputation.populations import DAYS, SEEDS, SHAPES, Score, score, without_ring

HONEST = 40  # communities without a ring


def measure() -> dict[str, object]:
    """The score of each shape, and how many findings there were in communities without a ring."""
    return {
        "shapes": [score(shape)._asdict() for shape in SHAPES],
        "false": sum(len(without_ring(seed).findings()) for seed in range(HONEST)),
    }


def table(found: dict[str, object]) -> list[str]:
    """The section of the report."""
    shapes = found["shapes"]
    assert isinstance(shapes, list)
    lines = [
        "## Fairness: precision and recall", "",
        f"{SEEDS} communities of 240 for each shape, each with one ring that votes for {DAYS} days (the report looks at"
        f" {WINDOW_DAYS}); of members. What the shapes are: [docs/fairness.md](../docs/fairness.md).", "",
        "| shape | rings | precision | recall | findings without a ring member |", "| --- | --- | --- | --- | --- |",
    ]
    for row in (Score(**one) for one in shapes):
        lines.append(
            f"| {row.shape} | {row.rings} | {row.precision:.3f} | {row.recall:.3f} | {row.false_findings} |"
        )
    return [*lines, "", f"In {HONEST} communities without a ring: {found['false']} findings.", ""]


if __name__ == "__main__":
    print("\n".join(table(measure())))
