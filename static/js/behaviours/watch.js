// Asks the page data-watch again every two seconds and puts its data-watch-part in place of this one,
// until that part no longer asks to be watched. Without script there is a link "Look again".
const PAUSE_MS = 2000;

export function watch(part) {
  const { watch: address, watchPart } = part.dataset;
  setTimeout(async function look() {
    if (!part.isConnected) return;
    const next = await fetched(address, watchPart).catch(() => null);
    if (!next) {
      setTimeout(look, PAUSE_MS);
      return;
    }
    part.replaceWith(next);
    if (next.dataset.watch) watch(next);
  }, PAUSE_MS);
}

async function fetched(address, watchPart) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html").querySelector(watchPart);
}
