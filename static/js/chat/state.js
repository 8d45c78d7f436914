// One quiet line on how the connection is. Short losses are not worth a word.
const PATIENCE_MS = 1_500;
const SAID_FOR_MS = 6_000;

export class State {
  constructor(root, line, socket, signal) {
    Object.assign(this, { root, line, socket, timer: 0, said: 0, signedOut: false });
    socket.on("connect", () => this.up());
    socket.on("disconnect", (reason) => this.down(reason));
    socket.on("connect_error", () => this.down("transport error"));
    addEventListener("offline", () => this.down("offline"), { signal });
    root.addEventListener("chat:say", ({ detail }) => this.say(detail));
  }

  up() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.signedOut = false;
    this.line.textContent = "";
  }

  down(reason) {
    this.timer ||= setTimeout(() => this.lost(), PATIENCE_MS);
    if (reason === "io server disconnect") setTimeout(() => this.socket.connect(), PATIENCE_MS);
  }

  // A socket that is refused cannot say why; the page can.
  async lost() {
    if (this.socket.connected) return;
    this.line.textContent = this.root.dataset.offline;
    const answer = await fetch(`/chat/${this.root.dataset.room}/rooms`, { redirect: "manual" }).catch(() => null);
    if (this.socket.connected || !answer) return;
    if (answer.type === "opaqueredirect" || answer.status === 401) this.signOut();
  }

  signOut() {
    if (this.signedOut) return;
    this.signedOut = true;
    const link = Object.assign(document.createElement("a"), { href: `/sign-in?next=${encodeURIComponent(location.pathname)}` });
    link.textContent = this.root.dataset.signedOut;
    this.line.replaceChildren(link);
  }

  refused(error) {
    if (error.code === "unauthenticated") this.signOut();
    else this.line.textContent = error.code === "not_found" ? this.root.dataset.notOpen : error.message;
  }

  say(words) {
    clearTimeout(this.said);
    this.line.textContent = words;
    this.said = setTimeout(() => this.line.textContent === words && (this.line.textContent = ""), SAID_FOR_MS);
  }
}
