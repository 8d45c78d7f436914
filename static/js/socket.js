// The one connection of a page: chat and notices share it. WebSocket only, signed in by the session cookie.
import { io } from "socket.io-client";

let socket = null;

export function connect() {
  socket ??= io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 10_000, randomizationFactor: 0.5 });
  return socket;
}
