"""In which sizes a picture is kept, and under which names."""

STEPS = (480, 960)  # a phone, and a phone with a fine screen or a desk
LARGEST = (1920, 8000)  # a fine screen at a desk; WebP itself ends at 16,383 pixels a side


def sizes(width: int, height: int) -> tuple[tuple[int, int], ...]:
    """The sizes of an upright picture, ascending: never larger than itself, the last one the largest."""
    scale = min(1.0, LARGEST[0] / width, LARGEST[1] / height)
    whole = (max(1, round(width * scale)), max(1, round(height * scale)))
    steps = ((step, max(1, round(whole[1] * step / whole[0]))) for step in STEPS if step < whole[0])
    return (*steps, whole)


def original_name(public_id: str) -> str:
    """Where the file lies as it came, until the job is done with it. Nobody is ever sent it."""
    return f"originals/{public_id}"


def variant_name(public_id: str, width: int) -> str:
    """Where the picture of one width lies."""
    return f"pictures/{public_id[:2]}/{public_id}/{width}.webp"
