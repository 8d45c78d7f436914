"""The blueprint of the moderation room."""

from flask import Blueprint

blueprint = Blueprint("moderation", __name__)
