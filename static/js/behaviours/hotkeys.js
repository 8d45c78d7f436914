// j/k move through data-row, Enter opens, r replies, e edits, / searches, g h|b|c go, ? shows the keys; data-key names a
// page's own. Escape leaves a text field, which keeps what is in it. The others are off while one types or a dialog is
// open; all are where the member (data-keys) or this browser turned them off.
import { composing } from "../composing.js";

const GO = { h: "/", b: "/boards", c: "/chat" };
const CHORD_MS = 1200;
const KEPT = "laurel-keys";

export function hotkeys(page) {
  let waiting = -Infinity;
  page.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "k") return void (dialog()?.showModal(), event.preventDefault());
    if (event.ctrlKey || event.metaKey || event.altKey || off()) return;
    if (event.key === "Escape" && !event.defaultPrevented && !composing(event)) return leave(event);
    if (typing(event.target)) return;
    if (page.querySelector("dialog[open]")) return;
    const chord = event.timeStamp - waiting < CHORD_MS;
    waiting = -Infinity;
    if (chord && GO[event.key]) return location.assign(GO[event.key]);
    if (event.key === "g") waiting = event.timeStamp;
    else if (act(event.key)) event.preventDefault();
  });
  page.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-opens], [data-closes], [data-keys-toggle]");
    if (!button) return;
    if (button.dataset.opens) page.getElementById(button.dataset.opens)?.showModal();
    else if ("closes" in button.dataset) button.closest("dialog")?.close();
    else toggle(button);
  });
  for (const button of page.querySelectorAll("[data-keys-toggle]")) say(button);
}

function off() {
  return document.body.dataset.keys === "off" || kept() === "off";
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function toggle(button) {
  try {
    localStorage.setItem(KEPT, kept() === "off" ? "on" : "off");
  } catch {
    return;
  }
  say(button);
}

function say(button) {
  button.textContent = kept() === "off" ? button.dataset.turnOn : button.dataset.turnOff;
}

function dialog() {
  return document.getElementById("keys");
}

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

// What is open closes first (a menu or suggestions by themselves, a dialog or popover by the browser).
function leave(event) {
  const field = event.target;
  if (!typing(field) || field.tagName === "SELECT" || field.closest("dialog[open], .menu[open], [popover]:popover-open, .dock")) return;
  event.preventDefault(); // a search field would be emptied
  field.blur();
}

function act(key) {
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  if (key === "r") return focus(document.querySelector("[data-row].is-current > .post-body-wrap > .post-actions textarea") ?? document.querySelector(".composer-dock textarea, .composer textarea")) || toSignIn();
  if (key === "e") return follow(document.querySelector('[data-row].is-current > .post-body-wrap > .post-actions a[href$="/revision"]'));
  if (key === "/") return focus(document.querySelector("[data-search], input[type=search]"));
  if (key === "?") return dialog()?.showModal() ?? true;
  if (key === "Enter" && document.activeElement === document.body) return open();
  return press(key);
}

// A control of the page that names its own key (data-key) is pressed; a fold opens at its first field.
function press(key) {
  const control = key.length === 1 && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!control) return false;
  if (!control.matches("summary")) control.click();
  else if (!control.parentElement.toggleAttribute("open")) control.focus();
  else focus(control.parentElement.querySelector("select, input:not([type=hidden]), textarea"));
  return true;
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility() && !row.closest(".dock"));
}

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!next) return false;
  all[at]?.classList.remove("is-current");
  next.classList.add("is-current");
  const link = next.querySelector("h2 a, h3 a, .notice-text a");
  if (link) link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

// Where guests would write there is a link, which leads back here.
function toSignIn() {
  return follow(document.querySelector('[data-row].is-current > .post-body-wrap > .post-actions a[href$="/reply"]') ?? document.querySelector('.main .sign-in-prompt a[href^="/sign-in"]'));
}

function open() {
  return follow(document.querySelector("[data-row].is-current a"));
}

function follow(link) {
  link?.click();
  return Boolean(link);
}

function focus(field) {
  if (!field) return false;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.focus();
  field.scrollIntoView({ block: "center" });
  return true;
}
