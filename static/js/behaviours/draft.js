// Keeps the text of a form under data-draft-key: in this browser, and for members (data-draft-version) on the server.
// The newest wins; the other of two is offered. The server says when it arrived (data-draft-clear).
import { know, offer, saved, tell } from "./draft-server.js";

const PREFIX = "laurel-draft:";
const PAUSE_MS = 400;
const LASTS_MS = 30 * 24 * 3600 * 1000;

export function draft(form) {
  const key = form.dataset.draftKey;
  if (!key || form.dataset.draftOn) return;
  form.dataset.draftOn = "yes";
  const keep = saved(form, { textOf, read: () => read(key), write: (held) => write(key, held) });
  if (restore(form, key)) keep?.later();
  let timer = 0;
  const local = () => {
    timer = 0;
    write(key, { ...read(key), fields: textOf(form), at: Date.now(), dirty: true });
    tell(form, "kept");
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(local, PAUSE_MS);
    keep?.later();
  });
  (form.closest("form") ?? form).addEventListener("submit", () => {
    local();
    keep?.stop();
  });
  addEventListener("pagehide", () => {
    if (!timer || !form.isConnected) return;
    local();
    keep?.now();
  });
}

export function clearDraft(key) {
  if (key) forget(key);
}

export function clearDrafts(root) {
  if (root.matches?.("[data-draft-clear]")) forget(root.dataset.draftClear);
  for (const mark of root.querySelectorAll?.("[data-draft-clear]") ?? []) forget(mark.dataset.draftClear);
}

// Fill the form from this browser where that is the newest; whether the server is behind.
function restore(form, key) {
  const held = read(key);
  const shown = textOf(form);
  if (form.dataset.draftOther) offer(form, JSON.parse(form.dataset.draftOther), shown, put);
  if (!held.fields || same(held.fields, shown)) return false;
  if (!("draftVersion" in form.dataset)) {
    put(form, held.fields, true);
    return false;
  }
  const version = Number(form.dataset.draftVersion);
  if (held.dirty === false) {
    if (!version) forget(key); // sent, or discarded, elsewhere
    return false;
  }
  const going = version === (held.version ?? 0);
  const newer = going || held.at > Number(form.dataset.draftAt ?? 0);
  if (newer) put(form, held.fields);
  if (newer && version) know(form, held.version ?? 0); // what the server has is kept beside it
  if (!going) offer(form, newer ? shown : held.fields, newer ? held.fields : shown, put);
  return newer;
}

function fieldsOf(form) {
  return [...form.querySelectorAll("textarea[name], select[name], input[name]:is([type=text], [type=radio], :not([type]))")];
}

function textOf(form) {
  const given = fieldsOf(form).filter((field) => field.value && (field.type !== "radio" || field.checked));
  const typed = given.some((field) => /^(text|textarea)$/.test(field.type));
  return typed ? Object.fromEntries(given.map((field) => [field.name, field.value])) : {};
}

// Put a draft into its form; `gently` leaves what is filled already.
function put(form, fields, gently = false) {
  for (const field of fieldsOf(form)) {
    if (field.type === "radio") field.checked = fields[field.name] ? field.value === fields[field.name] : field.checked;
    else if (!gently || !field.value) field.value = fields[field.name] ?? "";
  }
}

function same(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => (one[name] ?? "") === (other[name] ?? ""));
}

// A browser may refuse storage (private windows, a full disk): typing goes on without it.
function read(key) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + key) ?? "{}");
    return Date.now() - (kept.at ?? 0) < LASTS_MS ? kept : {};
  } catch {
    return {};
  }
}

function write(key, held) {
  try {
    if (Object.keys(held.fields ?? {}).length) localStorage.setItem(PREFIX + key, JSON.stringify(held));
    else localStorage.removeItem(PREFIX + key);
  } catch {
    return;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    return;
  }
}
