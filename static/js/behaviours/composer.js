// Formatting buttons, preview, draft, Ctrl+Enter around a plain textarea.
import { toast } from "../toast.js";
import { draft } from "./draft.js";

const AROUND = { bold: ["**", "**"], italic: ["_", "_"], code: ["`", "`"], link: ["[", "](https://)"] };
const BEFORE = { quote: () => "> ", list: () => "- ", steps: (line) => `${line + 1}. ` };

export function composer(box) {
  const input = box.querySelector("textarea");
  const form = box.closest("form");
  box.querySelector("[data-composer-tools]").hidden = false;
  box.querySelector("[data-composer-views]").hidden = false;
  box.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-mark]");
    if (mark) return format(input, mark.dataset.mark);
    const fill = event.target.closest("[data-fill]");
    if (fill) return insert(event, input, fill);
    const view = event.target.closest("[data-view]");
    if (view) show(box, input, view.dataset.view);
  });
  input.addEventListener("keydown", (event) => keys(event, input, form));
  if (box.dataset.draftKey) draft(box);
}

// A saved reply, filled for this thread, goes where the cursor is; without script its button sends the form for it.
async function insert(event, input, button) {
  event.preventDefault();
  button.closest("details").open = false;
  try {
    const response = await fetch(button.dataset.fill, { headers: { "X-Fragment": "1" } });
    const text = await response.text();
    if (!response.ok) return toast(text, { kind: "error" });
    const { selectionStart: from, selectionEnd: to, value } = input;
    put(input, (from && value[from - 1] !== "\n" ? "\n\n" : "") + text, from, to);
  } catch {
    toast(document.body.dataset.failed, { kind: "error" });
  }
}

function keys(event, input, form) {
  if (!(event.ctrlKey || event.metaKey)) return;
  const mark = { b: "bold", i: "italic", k: "link" }[event.key];
  if (mark) {
    event.preventDefault();
    format(input, mark);
  } else if (event.key === "Enter" && form) {
    event.preventDefault();
    form.requestSubmit();
  }
}

function format(input, mark) {
  const { selectionStart: from, selectionEnd: to, value } = input;
  const chosen = value.slice(from, to);
  let text;
  if (AROUND[mark]) {
    const [open, close] = mark === "code" && chosen.includes("\n") ? ["```\n", "\n```"] : AROUND[mark];
    text = open + chosen + close;
    put(input, text, from, to);
    input.setSelectionRange(from + open.length, from + open.length + chosen.length);
    return;
  }
  text = chosen.split("\n").map((line, at) => BEFORE[mark](at) + line).join("\n");
  put(input, (from === 0 || value[from - 1] === "\n" ? "" : "\n") + text, from, to);
}

function put(input, text, from, to) {
  input.focus();
  input.setRangeText(text, from, to, "end");
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

async function show(box, input, view) {
  const preview = box.querySelector("[data-composer-preview]");
  for (const button of box.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === view);
  box.querySelector("[data-composer-tools]").hidden = view === "preview";
  input.hidden = view === "preview";
  preview.hidden = view !== "preview";
  if (view !== "preview") return input.focus();
  preview.setAttribute("aria-busy", "true");
  try {
    preview.innerHTML = await rendered(box, input.value);
  } catch {
    preview.textContent = document.body.dataset.failed;
  }
  preview.removeAttribute("aria-busy");
}

async function rendered(box, body) {
  const token = (box.closest("form") ?? document).querySelector("[name=csrf_token]")?.value ?? "";
  const response = await fetch(box.dataset.preview, {
    method: "POST",
    body: new URLSearchParams({ body, csrf_token: token }),
    headers: { "X-Fragment": "1", Accept: "text/html" },
  });
  const html = await response.text();
  if (response.ok) return html;
  const said = new DOMParser().parseFromString(html, "text/html").querySelector(".error-message");
  const words = document.createElement("p");
  words.textContent = said?.textContent ?? document.body.dataset.failed;
  return words.outerHTML;
}
