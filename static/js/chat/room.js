// A room that goes on over the socket from what the server drew, on its page or in the dock, until `signal` ends it.
import { Actions } from "./actions.js";
import { Channel } from "./channel.js";
import { Composer } from "./composer.js";
import { keep } from "./kept.js";
import { lineOf } from "./line.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { People } from "./people.js";
import { Reader } from "./reader.js";
import { State } from "./state.js";

export function startRoom(root, socket, signal) {
  keep({ room: root.dataset.room });
  const line = lineOf(socket, signal);
  const log = new Log(root, document.getElementById("chat-log"));
  log.draw();
  const state = new State(root, document.getElementById("chat-state"), line, signal);
  const channel = new Channel(line, root.dataset.room, Number(root.dataset.seq), signal, {
    changed: (messages) => log.apply(messages),
    reset: (messages) => log.reset(messages),
    joined: () => {
      outbox.flush();
      reader.moved(); // who scrolled up before has older messages coming
    },
    refused: (error) => state.refused(error),
  });
  const outbox = new Outbox(root, channel, log);
  const reader = new Reader(root, channel, log);
  new People(root, line);
  const composer = new Composer(root, channel, log, outbox);
  new Actions(root, channel, log, composer, state);
  log.settle();
  reader.watch();
  channel.open();
  return { log, reader, composer };
}
