// One's own standing on an open page. The server says only that it changed; the page is asked for again, and its parts
// marked data-standing take the place of those here. What was unfolded stays so, and focus stays where it was.
const GATHER_MS = 300; // several votes at once are one look
const SPREAD_MS = 1500; // when rules change everybody hears of it at the same moment

let waiting = null;
let looking = false;

export function watchStanding(socket) {
  let opened = socket.connected;
  socket.on("standing", later);
  // What was said while the line was down was not heard.
  socket.on("connect", () => {
    if (opened) later();
    opened = true;
  });
  document.addEventListener("visibilitychange", () => document.hidden || waiting !== "hidden" || later());
}

function later() {
  if (!parts(document).length || (waiting && waiting !== "hidden")) return;
  if (document.hidden) {
    waiting = "hidden";
    return;
  }
  waiting = setTimeout(look, GATHER_MS + Math.random() * SPREAD_MS);
}

async function look() {
  waiting = null;
  if (looking) return later();
  looking = true;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) draw(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // The line is down; it is looked at again when it is back.
  } finally {
    looking = false;
  }
}

function parts(root) {
  return [...root.querySelectorAll("[data-standing]")];
}

function draw(page) {
  for (const fresh of parts(page)) {
    const old = document.querySelector(`[data-standing="${CSS.escape(fresh.dataset.standing)}"]`);
    if (!old || old.innerHTML === fresh.innerHTML) continue;
    const open = [...old.querySelectorAll("details")].map((fold) => fold.open);
    [...fresh.querySelectorAll("details")].forEach((fold, place) => (fold.open = open[place] ?? false));
    const held = old.contains(document.activeElement) ? markOf(document.activeElement) : null;
    old.replaceWith(document.importNode(fresh, true));
    if (held) document.querySelector(`[data-standing="${CSS.escape(fresh.dataset.standing)}"] ${held}`)?.focus();
  }
}

function markOf(element) {
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : element.tagName.toLowerCase();
}
