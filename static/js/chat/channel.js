// The room's changes in order. `seq` is the last change known without a gap; at a gap the room is joined again,
// and the server tells everything after it (or the latest page, when too much lies between).
const PATIENCE_MS = 10_000;
const AGAIN_MS = 2_000;

export class Channel {
  constructor(socket, room, seq, signal, on) {
    Object.assign(this, { socket, room, seq, signal, on, joined: false, joining: false, early: new Set(), timer: 0 });
  }

  open() {
    this.socket.on("connect", () => this.join());
    this.socket.on("disconnect", () => (this.joined = false));
    this.socket.on("chat:message", (message) => this.hear(message));
    document.addEventListener("visibilitychange", () => !document.hidden && this.join(), { signal: this.signal });
    this.signal.addEventListener("abort", () => (this.joined = false));
    if (this.socket.connected) this.join();
  }

  // Resolves to the acknowledgement; rejects when there is none in time. The event may have been done all the same.
  ask(event, payload = {}) {
    return this.socket.timeout(PATIENCE_MS).emitWithAck(event, { room: this.room, ...payload });
  }

  async join() {
    if (this.joining || !this.socket.connected || this.signal.aborted) return;
    this.joining = true;
    clearTimeout(this.timer);
    try {
      const answer = await this.ask("chat:join", { after_seq: this.seq });
      if (this.signal.aborted) return;
      if (answer.ok) this.catchUp(answer);
      else this.wait(answer.error);
    } catch {
      this.timer = setTimeout(() => this.join(), AGAIN_MS);
    } finally {
      this.joining = false;
    }
  }

  catchUp(answer) {
    this.seq = answer.seq;
    this.joined = true;
    if (answer.reset) this.on.reset(answer.messages);
    else this.on.changed(answer.messages);
    while (this.early.delete(this.seq + 1)) this.seq += 1;
    const gap = [...this.early].some((seq) => seq > this.seq);
    this.early.clear();
    this.on.joined();
    if (gap) this.timer = setTimeout(() => this.join(), 0);
  }

  wait(error) {
    this.on.refused(error);
    if (error.retry_after) this.timer = setTimeout(() => this.join(), error.retry_after * 1000);
  }

  hear(message) {
    if (message.room !== this.room) return;
    this.on.changed([message]);
    if (this.joining || !this.joined) this.early.add(message.seq);
    else if (message.seq === this.seq + 1) this.seq += 1;
    else if (message.seq > this.seq) this.join();
  }
}
