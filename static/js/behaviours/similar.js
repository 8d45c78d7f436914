// Offers threads like the one that is being written, as its title is typed. Without script a button does.
const WAIT_MS = 250;
const LEAST = 4;

export function similar(form) {
  const title = form.elements.title;
  const place = form.querySelector("[data-similar-place]");
  if (!title || !place) return;
  let timer = 0;
  let asked = null;

  async function ask() {
    asked?.abort();
    const text = title.value;
    if (text.trim().length < LEAST && !/[^\0-\u02ff]{2}/.test(text)) return void (place.textContent = "");
    asked = new AbortController();
    try {
      const address = `${form.dataset.similar}?${new URLSearchParams({ title: text })}`;
      const response = await fetch(address, { headers: { "X-Fragment": "1", Accept: "text/html" }, signal: asked.signal });
      if (response.ok) place.innerHTML = await response.text();
    } catch {
      // offline, or a newer title is being asked about: what is shown stays
    }
  }

  function later(event) {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
  }
  title.addEventListener("input", later);
  title.addEventListener("compositionend", later);
  if (title.value) ask();
}
