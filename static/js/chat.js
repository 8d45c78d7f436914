// A chat room on its page: what the server drew is kept, and goes on over the socket.
import { connect } from "./socket.js";
import { Actions } from "./chat/actions.js";
import { Channel } from "./chat/channel.js";
import { Composer } from "./chat/composer.js";
import { Log } from "./chat/log.js";
import { Outbox } from "./chat/outbox.js";
import { People } from "./chat/people.js";
import { Reader } from "./chat/reader.js";
import { keepRoomsFresh } from "./chat/rooms.js";
import { State } from "./chat/state.js";

const root = document.getElementById("chat");
const log = new Log(root, document.getElementById("chat-log"));
log.draw();
if (!root.dataset.past) start();
else log.scrollTo(location.hash);

function start() {
  const socket = connect();
  const state = new State(root, document.getElementById("chat-state"), socket);
  const channel = new Channel(socket, root.dataset.room, Number(root.dataset.seq), {
    changed: (messages) => log.apply(messages),
    reset: (messages) => log.reset(messages),
    joined: () => outbox.flush(),
    refused: (error) => state.refused(error),
  });
  const outbox = new Outbox(root, channel, log);
  const reader = new Reader(root, channel, log);
  new People(root, socket);
  const composer = new Composer(root, channel, log, outbox);
  new Actions(root, channel, log, composer, state);
  keepRoomsFresh(root);
  log.settle();
  reader.watch();
  channel.open();
}
