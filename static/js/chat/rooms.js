// The list of rooms on a page that stays open: what is unread elsewhere is asked for now and then, while it is seen.
const EVERY_MS = 60_000;

export function keepRoomsFresh(root) {
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(`/chat/${root.dataset.room}/rooms`, { headers: { "X-Fragment": "1" }, redirect: "error" }).catch(() => null);
    if (!answer?.ok) return;
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    const fresh = template.content.querySelector("#chat-room-links");
    const held = document.getElementById("chat-room-links");
    if (fresh && !held.contains(document.activeElement)) held.replaceWith(fresh);
  };
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
}
