// Who is writing an answer, on an open page. The server names the thread; what is shown is asked for, and drawn as ever.
import { announce } from "./toast.js";

const LONGEST_WAIT_MS = 2 ** 31 - 1;
const timers = new Map();

export function watchClaims(socket) {
  const watch = () => {
    const shown = claims();
    if (!shown.length) return;
    socket.emit("desk:watch", { threads: shown.map(idOf) }, (answer) => {
      for (const box of claims()) {
        const holder = answer?.claims?.[idOf(box)];
        if (holder !== undefined && holder !== Number(box.dataset.holder)) draw(idOf(box));
        else endLater(box);
      }
    });
  };
  socket.on("connect", watch);
  socket.on("desk:claim", (told) => draw(told?.thread));
  if (socket.connected) watch();
}

function claims() {
  return [...document.querySelectorAll("[data-claim]")].slice(0, 40);
}

function idOf(box) {
  return Number(box.dataset.claim);
}

// A claim ends by itself; a page that hears of nothing asks once it is over.
function endLater(box) {
  clearTimeout(timers.get(idOf(box)));
  if (!box.dataset.until) return;
  const wait = Date.parse(box.dataset.until) - Date.now() + 1000;
  timers.set(idOf(box), setTimeout(() => draw(idOf(box)), Math.min(Math.max(wait, 1000), LONGEST_WAIT_MS)));
}

async function draw(thread) {
  const box = document.getElementById(`claim-${thread}`);
  if (!box || box.querySelector(".is-busy")) return;
  const response = await fetch(`/desk/claims/${thread}`, { headers: { "X-Fragment": "1", Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const fresh = template.content.firstElementChild;
  const there = document.getElementById(`claim-${thread}`);
  if (!fresh || !there) return;
  if (fresh.dataset.holder === there.dataset.holder) return endLater(there);
  there.replaceWith(fresh);
  endLater(fresh);
  announce(fresh.querySelector(".claim-words")?.textContent.trim());
}
