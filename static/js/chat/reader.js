// Reading: older messages on the way up, a button back to the latest, and a mark of how far one has read.
const NEAR_TOP_PX = 300;
const PAGE = 50;
const PAUSE_MS = 1_000;
const AGAIN_MS = 2_000;

export class Reader {
  constructor(root, channel, log) {
    Object.assign(this, { root, channel, log, loading: false, missed: 0, timer: 0 });
    this.read = Number(root.dataset.read || 0);
    this.jump = document.getElementById("chat-jump");
    this.earlier = document.getElementById("chat-earlier");
  }

  watch() {
    this.log.element.addEventListener("scroll", () => this.moved(), { passive: true });
    this.log.element.addEventListener("chat:applied", ({ detail }) => this.came(detail));
    document.addEventListener("visibilitychange", () => this.moved(), { signal: this.channel.signal });
    this.jump.addEventListener("click", () => this.log.toEnd());
    this.earlier?.addEventListener("click", (event) => {
      event.preventDefault();
      this.older();
    });
    this.moved();
  }

  moved() {
    if (this.log.atEnd) this.missed = 0;
    this.showJump();
    if (this.log.isSeen && this.log.element.scrollTop < NEAR_TOP_PX && this.channel.joined) this.older();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.mark(), PAUSE_MS);
  }

  came(messages) {
    const others = messages.filter((message) => message.author.name !== this.root.dataset.me && message.n > this.read);
    if (!this.log.atEnd) this.missed += others.length;
    this.moved();
  }

  showJump() {
    this.jump.hidden = this.log.atEnd;
    const { jump, jumpNew } = this.root.dataset;
    this.jump.querySelector("span").textContent = this.missed ? jumpNew.replace("{n}", this.missed) : jump;
  }

  mark() {
    const n = this.log.lastN;
    if (!this.log.isSeen || !this.log.atEnd || !this.channel.joined || n <= this.read) return undefined;
    this.read = n;
    return this.channel.ask("chat:read", { n }).catch(() => (this.read = 0));
  }

  async older() {
    const before = this.log.firstN;
    if (this.loading || before <= 1) return;
    this.loading = true;
    try {
      const answer = await this.channel.ask("chat:history", { before, limit: PAGE });
      if (answer.ok) this.log.prepend(answer.messages.map((message) => ({ ...message, older: true })));
      else if (answer.error.retry_after) this.again(answer.error.retry_after * 1_000);
      if (this.log.firstN <= 1) this.earlier?.remove();
    } catch {
      this.again(AGAIN_MS);
    } finally {
      this.loading = false;
    }
  }

  // At the very top no scrolling asks once more.
  again(afterMs) {
    const timer = setTimeout(() => this.moved(), afterMs);
    this.channel.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  }
}
