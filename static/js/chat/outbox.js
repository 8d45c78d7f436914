// What was written and is not acknowledged yet: kept in this browser, sent in order, under the same id until it is.
import { ruleLink } from "../toast.js";

const AGAIN_MS = 3_000;

export class Outbox {
  constructor(root, channel, log) {
    Object.assign(this, { root, channel, log, busy: false, timer: 0, memory: [] });
    this.key = `laurel-chat-pending:${root.dataset.me}`;
    this.template = document.getElementById("chat-pending");
    for (const item of this.items.filter((one) => one.room === channel.room)) this.isThere(item) ? this.drop(item.client_id) : this.show(item);
    addEventListener("storage", (event) => event.key === this.key && this.sync(), { signal: channel.signal });
    log.element.addEventListener("click", (event) => this.click(event));
    log.element.addEventListener("chat:applied", ({ detail }) => this.applied(detail));
  }

  get items() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "[]");
    } catch {
      return this.memory;
    }
  }

  set items(items) {
    this.memory = items;
    try {
      localStorage.setItem(this.key, JSON.stringify(items));
    } catch {
      return;
    }
  }

  add(body, replyTo) {
    const item = { room: this.channel.room, client_id: newId(), body, at: new Date().toISOString() };
    if (replyTo) item.reply_to = replyTo;
    this.items = [...this.items, item];
    this.show(item);
    this.flush();
  }

  // It had arrived; only the acknowledgement was lost.
  isThere({ client_id }) {
    const { me } = this.root.dataset;
    return this.log.messages.some((message) => message.dataset.client === client_id && message.dataset.author === me);
  }

  async flush() {
    if (this.busy || !this.channel.socket.connected || this.channel.signal.aborted) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (let item = this.next(); item && this.channel.socket.connected; item = this.next()) await this.send(item);
    } catch {
      this.timer = setTimeout(() => this.flush(), AGAIN_MS);
    } finally {
      this.busy = false;
    }
  }

  next() {
    return this.items.find((item) => !item.failed);
  }

  async send(item) {
    const { room, client_id, body, reply_to } = item;
    const payload = { room, client_id, body };
    if (reply_to) payload.reply_to = reply_to;
    const answer = await this.channel.ask("chat:send", payload);
    if (answer.ok) {
      this.drop(client_id);
      if (answer.message.room === this.channel.room) this.log.apply([answer.message]);
    } else if (answer.error.retry_after) {
      await new Promise((done) => setTimeout(done, answer.error.retry_after * 1000));
    } else if (answer.error.code === "unauthenticated") {
      this.channel.on.refused(answer.error);
      throw new Error("signed out");
    } else {
      this.fail(item, answer.error.message, answer.error.rule);
    }
  }

  fail(item, words, rule) {
    this.items = this.items.map((one) => (one.client_id === item.client_id ? { ...one, failed: words, rule } : one));
    const element = this.log.pending(item.client_id);
    if (!element) return;
    element.classList.add("is-failed");
    element.querySelector(".chat-failure").hidden = false;
    element.querySelector(".chat-failure-words").replaceChildren(words, ...[ruleLink(rule)].filter(Boolean).flatMap((link) => [" ", link]));
    element.querySelector(".chat-edited").hidden = true;
  }

  drop(clientId) {
    this.items = this.items.filter((item) => item.client_id !== clientId);
  }

  applied(messages) {
    const mine = messages.filter((message) => message.author.name === this.root.dataset.me);
    for (const message of mine) this.drop(message.client_id);
  }

  // Another tab has sent or taken back what this one shows.
  sync() {
    const waiting = new Set(this.items.map((item) => item.client_id));
    for (const element of this.log.element.querySelectorAll(".is-pending")) {
      if (!waiting.has(element.dataset.client)) element.remove();
    }
  }

  show(item) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    element.dataset.client = item.client_id;
    element.dataset.at = item.at;
    element.querySelector(".chat-text p").textContent = item.body;
    this.log.addPending(element);
    if (item.failed) this.fail(item, item.failed, item.rule);
  }

  click(event) {
    const button = event.target.closest(".is-pending [data-act]");
    if (!button) return;
    const element = button.closest(".is-pending");
    const item = this.items.find((one) => one.client_id === element.dataset.client);
    element.remove();
    if (!item) return;
    this.drop(item.client_id);
    if (button.dataset.act === "again") this.add(item.body, item.reply_to);
    else this.root.dispatchEvent(new CustomEvent("chat:take-back", { detail: item.body }));
  }
}

// randomUUID is there on https and on the machine itself only.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
