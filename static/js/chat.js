// A chat room on its page: what the server drew is kept, and goes on over the socket.
import { connect } from "./socket.js";
import { Log } from "./chat/log.js";
import { startRoom } from "./chat/room.js";
import { keepRoomsFresh } from "./chat/rooms.js";

const root = document.getElementById("chat");
if (root.dataset.past) {
  const log = new Log(root, document.getElementById("chat-log"));
  log.draw();
  log.scrollTo(location.hash);
} else {
  startRoom(root, connect(), new AbortController().signal);
  keepRoomsFresh(root);
}
