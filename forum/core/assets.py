"""Built scripts, styles and pictures: logical names to fingerprinted addresses."""

import json
from pathlib import Path

from flask import Flask


def register(app: Flask) -> None:
    """Give templates `asset(name)`; an unknown name is a KeyError at once, not a broken page."""
    manifest = json.loads((Path(app.static_folder or "static") / "dist" / "manifest.json").read_text())
    addresses = {
        name: f"{app.static_url_path}/dist/{entry['file']}"
        for name, entry in manifest["files"].items()
    }

    def asset(name: str) -> str:
        return addresses[name]

    app.jinja_env.globals["asset"] = asset
