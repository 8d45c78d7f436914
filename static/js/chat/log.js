// The list of messages: applied by id, ordered by n, grouped by author and minutes, with a line for each day.
import { dayOf, dayWords, timeOf } from "./times.js";

const ONE_BREATH_MS = 5 * 60_000;
const NEAR_PX = 120;
const MOST = 600; // elements kept on a page that stays open for days; older ones come back by scrolling up

export class Log {
  constructor(root, element) {
    Object.assign(this, { root, element, words: root.dataset, me: root.dataset.me });
    this.known = new Map();
    for (const drawn of element.querySelectorAll(".chat-message")) this.known.set(drawn.dataset.id, drawn);
  }

  get messages() {
    return [...this.element.querySelectorAll(".chat-message:not(.is-pending)")];
  }

  get lastN() {
    return Number(this.messages.at(-1)?.dataset.n ?? 0);
  }

  get firstN() {
    return Number(this.messages[0]?.dataset.n ?? 0);
  }

  get atEnd() {
    return this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < NEAR_PX;
  }

  // A tab that is not looked at, or a dock that is folded away, shows nothing.
  get isSeen() {
    return !document.hidden && this.element.checkVisibility();
  }

  apply(messages) {
    if (!messages.length) return;
    const stay = this.atEnd;
    for (const message of messages) this.put(message);
    if (stay) this.trim();
    this.draw();
    if (stay) this.toEnd();
    this.element.dispatchEvent(new CustomEvent("chat:applied", { detail: messages }));
  }

  // Older messages above what is seen, without a jump and without being read out.
  prepend(messages) {
    const height = this.element.scrollHeight;
    const top = this.element.scrollTop;
    this.element.setAttribute("aria-live", "off");
    for (const message of messages) this.put(message);
    this.draw();
    this.element.scrollTop = top + this.element.scrollHeight - height;
    setTimeout(() => this.element.removeAttribute("aria-live"), 500);
  }

  reset(messages) {
    for (const message of this.messages) message.remove();
    for (const line of this.element.querySelectorAll(".chat-day, .chat-new")) line.remove();
    this.known.clear();
    for (const message of messages) this.put(message);
    this.draw();
    this.toEnd();
    this.element.dispatchEvent(new CustomEvent("chat:applied", { detail: messages }));
  }

  // The newest state of a message wins, whichever way it came; one older than what is loaded waits for history.
  put(message) {
    const held = this.known.get(String(message.id));
    if (held && Number(held.dataset.seq) >= message.seq) return;
    if (!held && this.known.size && message.n < this.firstN && !message.older) return;
    const drawn = parse(message.html);
    drawn.dataset.seq = message.seq;
    this.known.set(String(message.id), drawn);
    if (held) this.replace(held, drawn);
    else this.insert(drawn, message.n);
    if (message.author.name === this.me) this.pending(message.client_id)?.remove();
    if (message.deleted || message.hidden) this.forgetWords(message.id);
    document.getElementById("chat-nothing")?.remove();
  }

  replace(held, drawn) {
    const focused = held.contains(document.activeElement);
    held.replaceWith(drawn);
    if (focused) drawn.focus({ preventScroll: true });
  }

  insert(drawn, n) {
    const above = this.messages.findLast((one) => Number(one.dataset.n) < n);
    if (above) above.after(drawn);
    else {
      const first = this.element.querySelector(".chat-day, .chat-message");
      if (first) first.before(drawn);
      else this.element.append(drawn);
    }
  }

  // What a reply quotes goes with the words that it quotes.
  forgetWords(id) {
    for (const quote of this.element.querySelectorAll(`[data-reply-to="${id}"] .chat-reply-words`)) quote.textContent = this.words.gone;
  }

  pending(clientId) {
    return this.element.querySelector(`.is-pending[data-client="${CSS.escape(clientId)}"]`);
  }

  addPending(element) {
    this.element.append(element);
    document.getElementById("chat-nothing")?.remove();
    this.draw();
    this.toEnd();
  }

  trim() {
    for (const message of this.messages.slice(0, Math.max(0, this.known.size - MOST))) {
      this.known.delete(message.dataset.id);
      message.remove();
    }
  }

  draw() {
    let above = null;
    for (const message of this.element.querySelectorAll(".chat-message")) above = this.drawOne(message, above);
    for (const line of this.element.querySelectorAll(".chat-day, .chat-new")) {
      if (!nextMessage(line)) line.remove();
    }
  }

  drawOne(message, above) {
    const at = new Date(message.dataset.at ?? Date.now());
    const here = { author: message.dataset.author, at, day: dayOf(at) };
    const time = message.querySelector(".chat-time");
    if (time && !time.dataset.local) Object.assign(time, { textContent: timeOf(at) }).dataset.local = "yes";
    const newDay = above?.day !== here.day;
    this.drawDay(message, newDay ? here.day : null, at);
    const parted = message.previousElementSibling?.classList.contains("chat-new") || message.querySelector(".chat-reply-to");
    const following = !newDay && !parted && above.author === here.author && at - above.at < ONE_BREATH_MS;
    message.classList.toggle("is-following", following);
    for (const button of message.querySelectorAll(".chat-reaction")) {
      button.setAttribute("aria-pressed", String(button.dataset.names.split(" ").includes(this.me)));
    }
    return here;
  }

  drawDay(message, day, at) {
    let line = message.previousElementSibling;
    const mark = line?.classList.contains("chat-new") ? line : null;
    if (mark) line = mark.previousElementSibling;
    if (!line?.classList.contains("chat-day")) line = null;
    if (!day) return line?.remove();
    if (line?.dataset.local === day) return undefined;
    line ??= (mark ?? message).insertAdjacentElement("beforebegin", document.createElement("p"));
    line.className = "chat-day";
    line.dataset.local = day;
    line.replaceChildren(Object.assign(document.createElement("span"), { textContent: dayWords(at, this.words) }));
    return undefined;
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
  }

  scrollTo(hash) {
    const target = hash && document.getElementById(hash.slice(1));
    if (target && this.element.contains(target)) target.scrollIntoView({ block: "center" });
    else this.toEnd();
  }

  // Where a page begins: at what is new, at the message of the address, or at the end.
  settle() {
    const mark = document.getElementById("chat-new");
    if (location.hash.startsWith("#message-")) this.scrollTo(location.hash);
    else if (mark) mark.scrollIntoView({ block: "center" });
    else this.toEnd();
    this.holdEnd();
  }

  // People come beside it, the field below grows, a phone is turned: lines break anew, and whoever was at the end stays.
  holdEnd() {
    let held = this.atEnd;
    this.element.addEventListener("scroll", () => (held = this.atEnd), { passive: true });
    new ResizeObserver(() => held && this.toEnd()).observe(this.element);
  }
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector(".chat-message");
}

function nextMessage(line) {
  let next = line.nextElementSibling;
  while (next && !next.classList.contains("chat-message")) {
    if (next.classList.contains("chat-day")) return null;
    next = next.nextElementSibling;
  }
  return next;
}
