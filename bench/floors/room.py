"""The floor of the chat: bare Flask-SocketIO that sends what it hears to everyone in a room."""

from typing import Any

from flask import Flask
from flask_socketio import SocketIO, join_room

from config import read_settings
from deploy.server import Server

settings = read_settings()
app = Flask("floor")
socketio = SocketIO(
    app, async_mode="threading", transports=["websocket"], cors_allowed_origins="*", async_handlers=False,
    manage_session=False,
)


@socketio.on("chat:join")
def join(_sent: Any) -> dict[str, Any]:
    """Come into the one room."""
    join_room("room")
    return {"ok": True}


@socketio.on("chat:send")
def send(sent: dict[str, Any]) -> dict[str, Any]:
    """Tell everyone, with as many words as the product tells."""
    told = {"room": "lobby", "n": 1, "seq": 1, "id": 1, "client_id": sent["client_id"], "author": {"name": "x" * 40}}
    told |= {"body_html": f"<p>{sent['body']}</p>", "at": "2026-01-01T00:00:00Z", "edited": False, "deleted": False}
    socketio.emit("chat:message", told, to="room")
    return {"ok": True, "message": told}


if __name__ == "__main__":
    Server(settings, lambda: app).run()
