// A sentence that floats for a while and is read out. Text only; a sprig may stand before it, a link after it.
const LASTS_MS = 6000;

// Read out without being shown.
export function announce(text) {
  const region = document.getElementById("announcements");
  if (region && text) region.textContent = text;
}

// A link to the rule behind a refusal; null where none is behind it.
export function ruleLink(href) {
  if (!href?.startsWith("/ranks#")) return null;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = document.body.dataset.rule;
  return link;
}

export function toast(text, { kind = "info", before = null, after = null } = {}) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  const note = document.createElement("p");
  note.className = `toast toast-${kind}`;
  if (before) note.append(before);
  note.append(text);
  if (after) note.append(" ", after);
  region.append(note);
  setTimeout(() => note.remove(), LASTS_MS);
}
