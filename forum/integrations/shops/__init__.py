"""Shops that send webhooks: what any of them says, in one form."""
