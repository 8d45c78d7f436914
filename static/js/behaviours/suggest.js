// Offers threads and people under a search field as one types: the combobox pattern of the ARIA practices, with a
// listbox whose options are links. Arrows move, Enter opens (or searches when nothing is chosen), Escape closes.
import { composing } from "../composing.js";

const WAIT_MS = 160;
const LEAST = 2;

export function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  let timer = 0;
  let asked = null;
  let shown = "";

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(null);
  }

  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function open() {
    const there = options().length > 0 && document.activeElement === input;
    list.hidden = !there;
    input.setAttribute("aria-expanded", String(there));
  }

  async function ask() {
    const text = input.value;
    asked?.abort();
    if (text.trim().length < LEAST && !/[^\0-\u02ff]/.test(text)) return close();
    asked = new AbortController();
    try {
      const address = `${form.dataset.suggest}?${new URLSearchParams({ q: text })}`;
      const response = await fetch(address, { headers: { "X-Fragment": "1", Accept: "text/html" }, signal: asked.signal });
      if (!response.ok) return close();
      list.innerHTML = await response.text();
      shown = text;
      choose(null);
      open();
    } catch (error) {
      if (error.name !== "AbortError") close(); // offline: Enter still leads to the page
    }
  }

  function move(step) {
    const all = options();
    if (list.hidden) {
      if (shown === input.value) open();
      if (list.hidden) return ask();
    }
    const at = all.indexOf(chosen());
    choose(all[at + step] ?? (at < 0 && step < 0 ? all.at(-1) : null));
  }

  input.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("compositionend", () => { timer = setTimeout(ask, WAIT_MS); });
  input.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      location.assign(chosen().href);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (list.hidden) input.blur();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  form.addEventListener("submit", (event) => {
    if (input.value.trim()) return;
    event.preventDefault();
    input.focus();
  });
}
