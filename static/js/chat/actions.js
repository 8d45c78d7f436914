// What can be done with a message: one row of buttons that moves to the message in hand.
export class Actions {
  constructor(root, channel, log, composer, state) {
    Object.assign(this, { root, channel, log, composer, state });
    this.bar = document.getElementById("chat-actions").content.firstElementChild.cloneNode(true);
    for (const kind of ["mouseover", "focusin"]) log.element.addEventListener(kind, (event) => this.move(event));
    log.element.addEventListener("click", (event) => this.click(event));
  }

  move(event) {
    const message = event.target.closest(".chat-message");
    if (!message || message.contains(this.bar) || message.matches(".is-pending, .is-deleted")) return;
    const mine = message.dataset.author === this.root.dataset.me;
    const young = Date.now() - Date.parse(message.dataset.at) < Number(this.root.dataset.editFor) * 3_600_000;
    const writes = Boolean(this.composer.form);
    this.show("reply", writes);
    this.show("react", writes);
    this.show("edit", writes && mine && young);
    this.show("delete", mine || Boolean(this.root.dataset.moderates));
    this.show("flag", !mine);
    this.bar.querySelector('[data-act="flag"]').href = `/chat/messages/${message.dataset.id}/flags`;
    message.append(this.bar);
  }

  show(act, open) {
    for (const button of this.bar.querySelectorAll(`[data-act="${act}"]`)) button.hidden = !open;
  }

  click(event) {
    const sign = event.target.closest(".chat-reaction");
    const button = event.target.closest(".chat-message-actions [data-act]");
    const quote = event.target.closest(".chat-reply-to");
    const message = event.target.closest(".chat-message");
    if (quote) this.follow(event, quote);
    else if (sign) this.change("chat:react", { id: Number(message.dataset.id), sign: sign.dataset.sign, on: sign.ariaPressed !== "true" });
    else if (button) this.act(button, message);
  }

  act(button, message) {
    const id = Number(message.dataset.id);
    const acts = {
      react: () => this.change("chat:react", { id, sign: button.dataset.sign, on: !this.hasMine(message, button.dataset.sign) }),
      reply: () => this.composer.replyTo(message),
      edit: () => this.composer.startEdit(message),
      delete: () => confirm(this.root.dataset.confirmDelete) && this.change("chat:delete", { id }),
    };
    acts[button.dataset.act]?.();
  }

  hasMine(message, sign) {
    return message.querySelector(`.chat-reaction[data-sign="${sign}"]`)?.ariaPressed === "true";
  }

  async change(event, payload) {
    try {
      const answer = await this.channel.ask(event, payload);
      if (answer.ok) this.log.apply([answer.message]);
      else this.state.say(answer.error.message);
    } catch {
      this.state.say(this.root.dataset.offline);
    }
  }

  // The message that a reply quotes may be above what is loaded: then its own page is opened.
  follow(event, quote) {
    event.preventDefault();
    const target = document.getElementById(`message-${quote.dataset.replyTo}`);
    if (!target) return location.assign(`/chat/${this.channel.room}?at=${quote.dataset.n}#message-${quote.dataset.replyTo}`);
    target.scrollIntoView({ block: "center" });
    return target.focus({ preventScroll: true });
  }
}
