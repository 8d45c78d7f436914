// Who is here (the server tells from three people on) and who is writing.
const WRITES_FOR_MS = 5_000;

export class People {
  constructor(root, socket) {
    Object.assign(this, { root, room: root.dataset.room, writing: new Map() });
    this.side = document.getElementById("chat-people");
    this.list = document.getElementById("chat-people-list");
    this.template = document.getElementById("chat-person");
    if (this.side) socket.on("chat:presence", (told) => told.room === this.room && this.present(told));
    socket.on("chat:typing", (told) => told.room === this.room && this.types(told));
    socket.on("chat:message", (told) => told.room === this.room && this.wrote(told.author.name));
  }

  present({ people, count }) {
    this.list.replaceChildren(...people.map((person) => this.draw(person)));
    this.side.hidden = !people.length;
    document.getElementById("chat-count").textContent = people.length ? this.root.dataset.here.replace("{n}", count) : "";
  }

  draw(person) {
    const row = this.template.content.firstElementChild.cloneNode(true);
    const avatar = row.querySelector(".avatar");
    avatar.textContent = person.initials;
    avatar.classList.replace("hue-0", `hue-${Number(person.hue)}`);
    const link = row.querySelector(".person-name");
    link.textContent = person.label;
    link.href = `/m/${encodeURIComponent(person.name)}`;
    this.drawSprig(row.querySelector(".sprig"), person);
    return row;
  }

  drawSprig(sprig, person) {
    if (!sprig) return;
    if (person.leaves === null) return sprig.remove(); // staff stand outside the ladder
    const use = sprig.querySelector("use");
    sprig.classList.replace("sprig-0", `sprig-${Number(person.leaves)}`);
    use.setAttribute("href", use.getAttribute("href").replace(/#sprig-\d/, `#sprig-${Number(person.leaves)}`));
    sprig.removeAttribute("aria-hidden");
    sprig.setAttribute("role", "img");
    sprig.setAttribute("aria-label", person.rank);
  }

  types({ name, label }) {
    if (name === this.root.dataset.me) return;
    clearTimeout(this.writing.get(name)?.timer);
    this.writing.set(name, { label, timer: setTimeout(() => this.wrote(name), WRITES_FOR_MS) });
    this.tell();
  }

  wrote(name) {
    clearTimeout(this.writing.get(name)?.timer);
    if (this.writing.delete(name)) this.tell();
  }

  tell() {
    const { typingOne, typingMany } = this.root.dataset;
    const [first] = this.writing.values();
    const words = !first ? "" : this.writing.size > 1 ? typingMany : typingOne.replace("{name}", first.label);
    document.getElementById("chat-typing").textContent = words;
  }
}
