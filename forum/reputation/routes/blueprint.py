"""The blueprint of the reputation room, which its modules of doors fill."""

from flask import Blueprint

blueprint = Blueprint("reputation", __name__)
