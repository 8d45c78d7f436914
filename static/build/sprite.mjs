// Draws icons.svg: Lucide's outlines as symbols, and our own laurel sprigs with zero to five pairs of leaves.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const RANKS = 6;

export function sprite(iconDirectory, names) {
  const symbols = names.map((name) => lucide(iconDirectory, name));
  for (let pairs = 0; pairs < RANKS; pairs += 1) {
    symbols.push(symbol(`sprig-${pairs}`, 16, smallSprig(pairs)), symbol(`sprig-large-${pairs}`, 64, largeSprig(pairs)));
  }
  symbols.push(symbol("mark", 24, mark()));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

export function favicon() {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><style>svg{color:#2f6b4f}@media(prefers-color-scheme:dark){svg{color:#7fc49f}}</style>${mark()}</svg>\n`;
}

function lucide(directory, name) {
  const text = readFileSync(join(directory, `${name}.svg`), "utf8");
  const inner = text.slice(text.indexOf(">", text.indexOf("<svg")) + 1, text.lastIndexOf("</svg>")).replace(/\s+/g, " ").replaceAll(" />", "/>").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
}

function symbol(id, size, inner) {
  return `<symbol id="${id}" viewBox="0 0 ${size} ${size}">${inner}</symbol>`;
}

const round = (number) => Number(number.toFixed(2));

// A leaf that leaves the stem at (x, y), `length` long, turned `degrees` from upright; `fat` is its half width.
function leaf(x, y, length, degrees, fat) {
  const turn = (degrees * Math.PI) / 180;
  const [sin, cos] = [Math.sin(turn), Math.cos(turn)];
  const at = (along, aside) => `${round(x + along * sin + aside * cos)} ${round(y - along * cos + aside * sin)}`;
  return `M${at(0, 0)}C${at(length * 0.15, fat)} ${at(length * 0.65, fat * 1.15)} ${at(length, 0)}C${at(length * 0.65, -fat * 1.15)} ${at(length * 0.15, -fat)} ${at(0, 0)}Z`;
}

function smallSprig(pairs) {
  const leaves = [leaf(8, 4.6, 4.4, 0, 1.25)];
  for (let pair = 0; pair < pairs; pair += 1) {
    const y = 14.2 - pair * 2.15;
    leaves.push(leaf(8, y, 4.6, 52, 1.15), leaf(8, y, 4.6, -52, 1.15));
  }
  return `<path d="M8 15.6V4" fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round"/><path fill="currentColor" d="${leaves.join("")}"/>`;
}

// The large form bends a little and its leaves carry a vein, so that it does not look like a blown-up dot.
function largeSprig(pairs) {
  const bend = (t) => 32 + 3.5 * Math.sin(t * Math.PI);
  const stem = [];
  for (let step = 0; step <= 10; step += 1) stem.push(`${round(bend(step / 10))} ${round(61 - step * 4.7)}`);
  const bright = [leaf(32, 16, 15, 0, 4.4)];
  const shaded = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const t = 0.12 + pair * 0.165;
    const [x, y] = [bend(t), 61 - t * 47];
    const length = 22 - pair * 1.5;
    bright.push(leaf(x, y, length, 58 - pair * 3.5, 4.3));
    shaded.push(leaf(x, y + 1.2, length, -58 + pair * 3.5, 4.3));
  }
  return `<path d="M${stem.join("L")}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`
    + `<path fill="currentColor" d="${bright.join("")}"/>${shaded.length ? `<path fill="currentColor" fill-opacity=".78" d="${shaded.join("")}"/>` : ""}`;
}

function mark() {
  const leaves = [leaf(12, 6.6, 5.6, 0, 2)];
  for (let pair = 0; pair < 3; pair += 1) {
    const y = 19.6 - pair * 4.3;
    leaves.push(leaf(12, y, 7.6, 50, 2.1), leaf(12, y, 7.6, -50, 2.1));
  }
  return `<path d="M12 23V6" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/><path fill="currentColor" d="${leaves.join("")}"/>`;
}
