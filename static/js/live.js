// Notices, rank changes and the chat's dock on an open page.
import { connect } from "./socket.js";
import { watchClaims } from "./claims.js";
import { watchStanding } from "./standing.js";
import { dock } from "./dock.js";
import { announce, toast } from "./toast.js";

export function listen() {
  const socket = connect();
  const mark = () => document.body.toggleAttribute("data-live-open", socket.connected);
  socket.on("connect", mark);
  socket.on("disconnect", mark);
  socket.on("notice", (notice) => {
    setDot("notices", notice?.unread);
    announce(notice?.text);
    document.dispatchEvent(new CustomEvent("laurel:notice", { detail: notice }));
  });
  watchClaims(socket);
  watchStanding(socket);
  dock(socket);
  socket.on("rank", (rank) => {
    if (rank?.text) toast(rank.text, { before: sprig(rank.leaves) });
    document.dispatchEvent(new CustomEvent("laurel:rank", { detail: rank }));
  });
}

export function setDot(name, unread) {
  for (const dot of document.querySelectorAll(`[data-dot="${name}"]`)) dot.hidden = !unread;
}

// The sprite's address is taken from the page, which knows its fingerprint.
function sprig(leaves) {
  const known = document.querySelector(".site-sprig use")?.getAttribute("href")?.split("#")[0];
  if (!known || !(leaves >= 0 && leaves <= 5)) return null;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", `sprig sprig-${leaves}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${known}#sprig-${leaves}`);
  svg.append(use);
  return svg;
}
