// The chat beside other pages: a button that tells how much is unread, and the room last read above it.
// The room and its script are fetched when it is opened; where there is no room for it, the chat's own page opens.
import { keep, kept } from "./chat/kept.js";
import { composing } from "./composing.js";

const EVERY_MS = 60_000;
const PAUSE_MS = 300;
const PATIENCE_MS = 10_000;
const MOST_SHOWN = 99;

export function dock(socket) {
  const shell = document.getElementById("dock");
  if (shell) new Dock(shell, socket);
}

class Dock {
  constructor(shell, socket) {
    Object.assign(this, { shell, socket, docked: null, opener: null, begin: kept().room ?? "lobby", wanted: null, timer: 0 });
    this.button = document.getElementById("dock-button");
    this.panel = document.getElementById("dock-panel");
    shell.hidden = false;
    this.button.addEventListener("click", () => this.open());
    this.panel.addEventListener("click", (event) => this.press(event.target.closest("button")));
    this.panel.addEventListener("change", (event) => event.target.matches(".dock-rooms") && this.choose(event.target.value));
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && !composing(event) && this.fold());
    socket.on("connect", () => this.count());
    socket.on("chat:message", () => this.countSoon());
    document.addEventListener("visibilitychange", () => this.count());
    setInterval(() => this.count(), EVERY_MS);
    this.count();
    if (kept().open && this.fits) this.show();
  }

  get fits() {
    return this.shell.checkVisibility();
  }

  // What is unread is asked for now and then while somebody looks, and at once when something was said in this room.
  async count() {
    if (document.hidden || !this.fits || !this.panel.hidden || !this.socket.connected) return;
    const answer = await this.socket.timeout(PATIENCE_MS).emitWithAck("chat:unread", { room: this.begin }).catch(() => null);
    if (!answer?.ok) return;
    if (!this.docked) this.begin = answer.room;
    this.tell(answer.unread);
  }

  countSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.count(), PAUSE_MS);
  }

  tell(unread) {
    const number = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
    const badge = this.button.querySelector(".dock-count");
    badge.textContent = number;
    badge.hidden = !unread;
    const { name, nameUnread } = this.shell.dataset;
    this.button.setAttribute("aria-label", unread ? nameUnread.replace("{n}", number) : name);
  }

  press(button) {
    if (button?.dataset.dock === "fold") this.fold();
    else if (button?.name === "again") this.load(this.begin, true);
  }

  async open() {
    if (!this.fits) return location.assign("/chat");
    if (this.panel.hidden) this.opener = document.activeElement;
    keep({ open: true });
    await this.show();
    this.focus();
    return undefined;
  }

  async show() {
    this.panel.hidden = false;
    this.button.hidden = true;
    this.button.setAttribute("aria-expanded", "true");
    if (this.docked) this.docked.unfold();
    else if (!this.wanted) await this.load(this.begin);
  }

  focus() {
    if (this.panel.hidden) return;
    if (this.docked) this.docked.focus();
    else this.panel.querySelector("button, a")?.focus();
  }

  fold() {
    keep({ open: false });
    const read = this.docked?.fold();
    this.panel.hidden = true;
    this.button.hidden = false;
    this.button.setAttribute("aria-expanded", "false");
    const before = this.opener?.isConnected && this.opener !== document.body ? this.opener : this.button;
    this.opener = null;
    before.focus();
    Promise.resolve(read).then(() => this.count());
  }

  async choose(room) {
    await this.load(room);
    if (!this.panel.hidden) (this.docked?.rooms ?? this.panel.querySelector("button"))?.focus();
  }

  // The last choice wins; a room that is gone leads to the lobby.
  async load(room, byHand = false) {
    this.docked?.leave();
    Object.assign(this, { docked: null, wanted: room, begin: room });
    this.wait();
    const [{ Docked } = {}, answer] = await Promise.all([
      import("./chat/docked.js").catch(() => ({})),
      fetch(`/chat/${encodeURIComponent(room)}/dock`, { headers: { "X-Fragment": "1", Accept: "text/html" } }).catch(() => null),
    ]);
    const html = answer?.ok ? await answer.text().catch(() => "") : "";
    if (this.wanted !== room) return;
    this.wanted = null;
    if (answer?.status === 404 && room !== "lobby") return this.load("lobby", byHand);
    if (!Docked || !html || answer.redirected) return this.fail(answer?.status === 401 || answer?.redirected);
    this.docked = new Docked(this.panel, this.socket, html);
    if (byHand) this.focus();
  }

  wait() {
    this.panel.replaceChildren(document.getElementById("dock-waiting").content.cloneNode(true));
  }

  fail(signedOut) {
    this.panel.querySelector(".dock-waiting").hidden = true;
    this.panel.querySelectorAll(".dock-failed")[signedOut ? 1 : 0].hidden = false;
  }
}
