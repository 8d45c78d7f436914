// A room in the dock: drawn by the server, begun anew when another room is chosen, kept up to date while folded away.
import { startRoom } from "./room.js";

export class Docked {
  constructor(panel, socket, html) {
    Object.assign(this, { socket, end: new AbortController(), following: true });
    const template = document.createElement("template");
    template.innerHTML = html;
    panel.replaceChildren(template.content);
    const root = document.getElementById("chat");
    this.slug = root.dataset.room;
    this.rooms = root.querySelector(".dock-rooms");
    Object.assign(this, startRoom(root, socket, this.end.signal));
  }

  leave() {
    this.end.abort();
    this.socket.emit("chat:leave", { room: this.slug }, () => {});
  }

  // What was seen is read, however short the look. Resolves once the server knows.
  fold() {
    this.following = this.log.atEnd;
    return this.reader.mark();
  }

  unfold() {
    if (this.following) this.log.toEnd();
    this.reader.moved();
  }

  focus() {
    (this.composer.field ?? this.log.element).focus();
  }
}
