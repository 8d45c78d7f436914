"""Pictures of the demo community: drawn here, and added as anybody adds one."""

import datetime as dt
import io

from flask import current_app
from PIL import Image, ImageDraw, ImageFont

from forum.access.actors import load_actor
from forum.integrations.demo.world import World
from forum.integrations.storage import storage_of
from forum.uploads import actions
from forum.uploads.inspection import inspect
from forum.uploads.sizes import original_name

CHART = "hardness.png"  # stands in a post where the address of the picture belongs
HARDNESS: tuple[tuple[str, int], ...] = (
    ("The cabin", 2), ("Porto", 4), ("Leiden", 8), ("Rotterdam", 20), ("Greta's town", 24),
)
SIZE, EDGE, BAR, STEP = (720, 380), 40, 44, 64
PAPER, INK, LEAF = "#fbfaf7", "#1d2321", "#2f6b4f"


def put_in(world: World, author: str, moment: dt.datetime, body: str) -> str:
    """The body, with the address of a picture that its author adds where it names one."""
    if CHART not in body:
        return body
    file = io.BytesIO(_chart())
    actor = load_actor(world.session, world.members[author])
    picture = actions.begin_picture(world.session, actor, inspect(file))
    picture.created_at = moment
    store = storage_of(current_app.config["SETTINGS"].storage_url)
    store.put(original_name(picture.public_id), file, "application/octet-stream")
    actions.finish_picture(world.session, actor, picture.public_id)
    return body.replace(CHART, picture.address)


def _chart() -> bytes:
    """A bar a town, as long as its water is hard."""
    image = Image.new("RGB", SIZE, PAPER)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(22)
    longest = max(degrees for _town, degrees in HARDNESS)
    for place, (town, degrees) in enumerate(HARDNESS):
        top = EDGE + place * STEP
        end = 190 + degrees * 430 // longest
        draw.text((EDGE, top + 8), town, INK, font)
        draw.rectangle((190, top, end, top + BAR), LEAF)
        draw.text((end + 12, top + 8), f"{degrees} °dH", INK, font)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
