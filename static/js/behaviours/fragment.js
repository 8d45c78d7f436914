// Sends a form by fetch and puts the answered fragment in the place of data-replace.
// A refusal is said in a toast and the form keeps what it holds; a redirect is followed by the whole page;
// a session that ended leads to sign-in and back, where the draft waits.
import { clearDraft } from "./draft.js";
import { ruleLink, toast } from "../toast.js";

export function fragment(form) {
  form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (form.classList.contains("is-busy")) return;
    form.classList.add("is-busy");
    try {
      await send(form, event.submitter);
    } catch {
      toast(document.body.dataset.failed, { kind: "error" });
    } finally {
      form.classList.remove("is-busy");
    }
  });
}

async function send(form, submitter) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form, submitter)),
    headers: { "X-Fragment": "1", Accept: "text/html" },
  });
  if (response.redirected) {
    if (response.ok) clearDraft(form.dataset.draftKey);
    location.assign(response.url);
    return;
  }
  if (response.status === 401) {
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  const text = await response.text();
  if (!response.ok) {
    toast(reasonIn(text) || document.body.dataset.failed, { kind: "error", after: ruleIn(text) });
    return;
  }
  clearDraft(form.dataset.draftKey);
  place(form, text);
}

function place(form, html) {
  const target = document.querySelector(form.dataset.replace);
  if (!target) return location.reload();
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const held = target.contains(document.activeElement) ? markOf(document.activeElement) : null;
  target.replaceWith(template.content);
  if (fresh && held) (fresh.querySelector(held) ?? fresh.querySelector("button, a, summary"))?.focus();
}

// Focus returns to the button of the same look, so that a keyboard does not fall to the top of the page.
function markOf(element) {
  const classes = [...element.classList].map((name) => `.${CSS.escape(name)}`).join("");
  return classes ? element.tagName.toLowerCase() + classes : null;
}

// The link to the rule behind a refusal, where the answer carries one of ours.
function ruleIn(text) {
  const link = new DOMParser().parseFromString(text, "text/html").querySelector(".error-rule a");
  return link ? ruleLink(link.getAttribute("href")) : null;
}

function reasonIn(text) {
  try {
    return JSON.parse(text).message;
  } catch {
    const page = new DOMParser().parseFromString(text, "text/html");
    const said = page.querySelector(".error-message, .field-error, .form-errors-title");
    return said ? said.textContent.trim() : text.length < 300 ? page.body.textContent.trim() : "";
  }
}
