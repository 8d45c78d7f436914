// The field below: Enter sends (a new line on touch screens), and what is replied to or edited stands above it.
import { clearDraft } from "../behaviours/draft.js";
import { composing } from "../composing.js";

const TYPING_EVERY_MS = 3_000;

export class Composer {
  constructor(root, channel, log, outbox) {
    Object.assign(this, { root, channel, log, outbox, about: null, typedAt: 0 });
    this.form = document.getElementById("chat-form");
    if (!this.form) return;
    this.form.hidden = false;
    this.field = this.form.elements.body;
    this.context = document.getElementById("chat-context");
    // The field keeps the focus while one sends: the keyboard stays, and nothing moves under the thumb.
    for (const button of this.form.querySelectorAll("button")) button.addEventListener("mousedown", (event) => event.preventDefault());
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("input", () => this.typing());
    this.context.querySelector("button").addEventListener("click", () => this.cancel());
    root.addEventListener("chat:take-back", ({ detail }) => this.fill(detail));
  }

  key(event) {
    if (composing(event)) return;
    if (event.key === "Escape" && this.about) {
      event.stopPropagation();
      this.cancel();
    } else if (event.key === "Enter" && !event.shiftKey && !matchMedia("(pointer: coarse)").matches) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  submit(event) {
    event.preventDefault();
    const body = this.field.value.trim();
    if (!body) return this.field.focus();
    if (this.about?.edits) return this.edit(body);
    this.outbox.add(body, this.about?.id);
    this.done();
    return undefined;
  }

  // An edit that does not arrive stays in the field.
  async edit(body) {
    try {
      const answer = await this.channel.ask("chat:edit", { id: this.about.id, body });
      if (!answer.ok) return this.say(answer.error.message);
      this.log.apply([answer.message]);
      this.done();
    } catch {
      this.say(this.root.dataset.offline);
    }
    return undefined;
  }

  say(words) {
    this.root.dispatchEvent(new CustomEvent("chat:say", { detail: words }));
  }

  done() {
    this.field.value = "";
    clearDraft(this.form.dataset.draftKey);
    this.cancel();
  }

  cancel() {
    if (this.about?.edits) this.field.value = "";
    this.about = null;
    this.context.hidden = true;
    this.field.focus();
  }

  fill(body) {
    if (!this.field) return;
    this.field.value = this.field.value ? `${this.field.value}\n${body}` : body;
    this.field.focus();
  }

  replyTo(message) {
    const name = message.querySelector(".person-name").textContent;
    this.tell({ id: Number(message.dataset.id), edits: false }, this.root.dataset.replying.replace("{name}", name));
  }

  async startEdit(message) {
    const before = Number(message.dataset.n) + 1;
    try {
      const answer = await this.channel.ask("chat:history", { before, limit: 1 });
      const found = answer.ok && answer.messages.find((one) => String(one.id) === message.dataset.id);
      if (!found) return;
      this.field.value = found.body;
      this.tell({ id: found.id, edits: true }, this.root.dataset.editing);
    } catch {
      this.say(this.root.dataset.offline);
    }
  }

  tell(about, words) {
    this.about = about;
    this.context.querySelector(".chat-context-words").textContent = words;
    this.context.hidden = false;
    this.field.focus();
  }

  typing() {
    if (!this.field.value.trim() || this.about?.edits || Date.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = Date.now();
    if (this.channel.joined) this.channel.socket.emit("chat:typing", { room: this.channel.room });
  }
}
