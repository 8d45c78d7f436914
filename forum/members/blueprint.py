"""The blueprint to which the modules of doors add theirs."""

from flask import Blueprint

blueprint = Blueprint("members", __name__)
