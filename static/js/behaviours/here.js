// Tells the server that this member is here: once an hour and browser, whatever the number of pages.
const KEPT = "laurel-here";

export function here(element) {
  const stamp = `${element.dataset.here} ${new Date().toISOString().slice(0, 13)}`;
  const csrf = document.querySelector("[name=csrf_token]")?.value;
  try {
    if (!csrf || localStorage.getItem(KEPT) === stamp) return;
  } catch {
    return;
  }
  fetch("/here", { method: "POST", body: new URLSearchParams({ csrf_token: csrf }), keepalive: true, headers: { "X-Fragment": "1" } })
    .then((answer) => answer.ok && localStorage.setItem(KEPT, stamp))
    .catch(() => {});
}
