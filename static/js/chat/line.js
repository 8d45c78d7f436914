// The page's one socket as a room uses it: what the room hears of it ends when the room is left.
export function lineOf(socket, signal) {
  return {
    get connected() {
      return socket.connected;
    },
    on(event, hear) {
      socket.on(event, hear);
      signal.addEventListener("abort", () => socket.off(event, hear), { once: true });
    },
    timeout: (patience) => socket.timeout(patience),
    emit: (...told) => socket.emit(...told),
    connect: () => socket.connect(),
  };
}
