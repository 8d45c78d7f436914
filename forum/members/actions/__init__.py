"""Writes of members: joining, being signed in, addresses and passwords, profile and settings."""

from forum.members.actions.addresses import (
    ask_confirmation,
    ask_new_address,
    ask_reset,
    confirm_address,
    confirm_invited,
    reset_password,
)
from forum.members.actions.claiming import approve_claim, ask_claim, refuse_claim, withdraw_claim
from forum.members.actions.joining import create_member, join
from forum.members.actions.profile import be_here, change_profile, choose_boards
from forum.members.actions.sessions import (
    change_password,
    end_every_session,
    end_session,
    open_session,
    renew_hash,
)

__all__ = [
    "approve_claim",
    "ask_claim",
    "ask_confirmation",
    "ask_new_address",
    "ask_reset",
    "be_here",
    "change_password",
    "change_profile",
    "choose_boards",
    "confirm_address",
    "confirm_invited",
    "create_member",
    "end_every_session",
    "end_session",
    "join",
    "open_session",
    "refuse_claim",
    "renew_hash",
    "reset_password",
    "withdraw_claim",
]
