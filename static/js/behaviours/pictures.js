// Pictures for a text: chosen, dragged or pasted; sent with progress; their Markdown goes where the caret is.
// The tray below the text asks for words that describe each. Without this script a plain form does the same.
import { announce, ruleLink, toast } from "../toast.js";

const KINDS = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);
const MOST_BYTES = 5 * 1024 * 1024;
const THUMB = 64;
const MARK = /!\[([^\]]*)\]\((\/u\/[0-9a-f]{32})\)/g;

export function pictures(box) {
  const adder = box.querySelector("[data-pictures]");
  const shape = document.getElementById("picture-item");
  if (!adder || !shape) return;
  const place = { box, shape, words: shape.dataset, input: box.querySelector("textarea"), tray: adder.querySelector("[data-picture-tray]"), items: new Set(), pending: 0, last: Promise.resolve() };
  const picker = takeOver(adder);
  picker.addEventListener("change", () => {
    addAll(place, picker.files);
    picker.value = "";
  });
  place.input.addEventListener("focus", () => { place.touched = true; follow(place); });
  place.input.addEventListener("input", () => follow(place));
  place.input.addEventListener("paste", (event) => paste(place, event));
  drags(place);
  box.closest("form").addEventListener("submit", (event) => hold(place, event), { capture: true });
}

// The plain fields make way for one button.
function takeOver(adder) {
  const plain = adder.querySelector("[data-picture-plain]");
  const picker = plain.querySelector("input[type=file]");
  const button = adder.querySelector("[data-picture-choose]");
  picker.removeAttribute("name");
  picker.multiple = picker.hidden = true;
  plain.replaceWith(picker);
  button.hidden = false;
  button.addEventListener("click", () => picker.click());
  return picker;
}

function paste(place, event) {
  const { files, types } = event.clipboardData;
  if (!files.length || types.includes("text/plain")) return;
  event.preventDefault();
  addAll(place, files);
}

function drags(place) {
  const { box } = place;
  const over = (event, on) => {
    if (!event.dataTransfer?.types.includes("Files")) return false;
    event.preventDefault();
    box.classList.toggle("is-over", on);
    return true;
  };
  box.addEventListener("dragover", (event) => over(event, true));
  box.addEventListener("dragleave", (event) => !box.contains(event.relatedTarget) && over(event, false));
  box.addEventListener("drop", (event) => over(event, false) && addAll(place, event.dataTransfer.files));
}

function hold(place, event) {
  if (!place.pending) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  toast(place.words.wait);
}

function addAll(place, files) {
  for (const file of [...files]) {
    const item = newItem(place, file);
    const problem = problemOf(place, file);
    likeness(item.node.querySelector(".picture-thumb"), file);
    if (problem) fail(item, problem);
    else queue(place, item, file);
  }
}

function problemOf({ words }, file) {
  if (!KINDS.has(file.type)) return words.kinds;
  if (file.size > MOST_BYTES) return words.large.replace("{size}", (Math.ceil(file.size / 1024 / 102.4) / 10).toLocaleString());
  return "";
}

// The tray has what the text has: also pictures that came with a draft or with what is edited, until they are taken out.
function follow(place) {
  const marks = new Map([...place.input.value.matchAll(MARK)].map(([, words, address]) => [address, words]));
  for (const item of place.items) if (item.address && !marks.delete(item.address)) drop(place, item);
  for (const [address, words] of marks) adopt(place, address, words);
}

function adopt(place, address, words) {
  const item = newItem(place);
  item.address = address;
  item.alt.value = words === place.words.word ? "" : words;
  item.progress.hidden = true;
  item.label.hidden = false;
  const image = Object.assign(new Image(), { alt: "", src: address });
  item.node.querySelector(".picture-thumb").append(image);
}

function newItem(place, file) {
  const node = place.shape.content.firstElementChild.cloneNode(true);
  const find = (selector) => node.querySelector(selector);
  const item = { node, progress: find("progress"), label: find(".picture-alt"), alt: find("input"), said: find(".picture-said"), again: find("[data-picture-again]"), name: file?.name, request: null, address: "" };
  find("[data-picture-remove]").addEventListener("click", () => remove(place, item));
  item.alt.addEventListener("input", () => rename(place, item));
  item.alt.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  item.again.addEventListener("click", () => queue(place, item, file));
  place.tray.append(node);
  place.tray.hidden = false;
  place.items.add(item);
  return item;
}

// Drawn from the file itself, so nothing is fetched; what this browser cannot read stays an empty frame.
async function likeness(frame, file) {
  try {
    const bitmap = await createImageBitmap(file);
    const canvas = document.createElement("canvas");
    const scale = (THUMB * 2) / Math.min(bitmap.width, bitmap.height);
    canvas.width = canvas.height = THUMB * 2;
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    canvas.getContext("2d").drawImage(bitmap, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
    bitmap.close();
    frame.append(canvas);
  } catch {
    return;
  }
}

// One after the other: they arrive in the order in which they were chosen.
function queue(place, item, file) {
  place.pending += 1;
  item.said.hidden = item.again.hidden = true;
  item.progress.hidden = false;
  place.last = place.last.then(async () => {
    try {
      if (item.gone) return;
      const answer = await send(place, item, file);
      if (!item.gone) arrive(place, item, answer);
    } catch (problem) {
      fail(item, problem.words ?? place.words.failed, !problem.words, problem.rule);
    } finally {
      place.pending -= 1;
    }
  });
}

function send(place, item, file) {
  return new Promise((resolve, reject) => {
    const request = (item.request = new XMLHttpRequest());
    const data = new FormData();
    data.append("csrf_token", place.box.closest("form").elements.csrf_token.value);
    data.append("picture", file);
    request.open("POST", "/uploads");
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Fragment", "1");
    request.upload.addEventListener("progress", (event) => { item.progress.value = event.loaded / event.total; });
    request.addEventListener("load", () => {
      const { status, response } = request;
      if (status === 201) resolve(response);
      else reject({ words: status < 500 ? response?.detail : undefined, rule: response?.rule });
    });
    for (const kind of ["error", "abort", "timeout"]) request.addEventListener(kind, () => reject({}));
    request.send(data);
  });
}

function arrive(place, item, { address, note }) {
  item.address = address;
  item.progress.hidden = true;
  item.label.hidden = false;
  say(item, note);
  insert(place, `![${place.words.word}](${address})`);
  announce(place.words.added);
}

function fail(item, words, again = false, rule = undefined) {
  item.progress.hidden = true;
  item.again.hidden = !again;
  say(item, item.name ? `${item.name}: ${words}` : words);
  const link = ruleLink(rule);
  if (link) item.said.append(" ", link);
  item.node.classList.add("has-failed");
}

function say(item, words) {
  item.node.classList.remove("has-failed");
  item.said.textContent = words;
  item.said.hidden = !words;
}

// On lines of its own: where the caret is, or at the end of a text that nobody was in.
function insert({ input, touched }, markdown) {
  const at = touched ? input.selectionEnd : input.value.length;
  const before = input.value.slice(0, at);
  const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const tail = input.value.startsWith("\n\n", at) ? "" : "\n\n";
  input.setRangeText(lead + markdown + tail, at, at, "end");
  changed(input);
}

function rename(place, item) {
  const words = item.alt.value.replace(/[[\]\\\s]+/g, " ").trim() || place.words.word;
  replaceMark(place.input, item.address, `![${words}](${item.address})`);
}

function remove(place, item) {
  item.gone = true;
  item.request?.abort();
  if (item.address) replaceMark(place.input, item.address, "");
  drop(place, item);
  place.input.focus();
}

function drop(place, item) {
  place.items.delete(item);
  item.node.remove();
  place.tray.hidden = !place.tray.childElementCount;
}

function replaceMark(input, address, mark) {
  const found = new RegExp(`!\\[[^\\]]*\\]\\(${address}\\)${mark ? "" : "\\n{0,2}"}`).exec(input.value);
  if (!found) return;
  input.setRangeText(mark, found.index, found.index + found[0].length, "preserve");
  changed(input);
}

function changed(input) {
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
