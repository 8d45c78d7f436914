// The server's side of a draft: saved a moment after the last key, and the other of two that met is offered.
const PAUSE_MS = 1500;

export function saved(form, { textOf, read, write }) {
  if (!("draftVersion" in form.dataset)) return null;
  const token = (form.closest("form") ?? form).querySelector("[name=csrf_token]")?.value ?? "";
  let timer = 0;
  let flight = null;

  async function send() {
    timer = 0;
    const fields = textOf(form);
    const body = new URLSearchParams({ ...fields, place: form.dataset.draftKey, version: form.dataset.draftVersion, csrf_token: token });
    const turn = (flight = new AbortController());
    try {
      const response = await fetch("/drafts", { method: "POST", body, keepalive: body.toString().length < 60000, signal: turn.signal, headers: { "X-Fragment": "1", Accept: "application/json" } });
      if (!response.ok) return;
      const version = Number((await response.json()).version);
      know(form, version);
      write({ ...read(), fields, at: Date.now(), version, dirty: version === 0 });
      if (version) tell(form, "saved");
    } catch {
      return; // what is typed stays in this browser
    } finally {
      if (flight === turn) flight = null;
    }
  }

  return {
    later() {
      clearTimeout(timer);
      timer = setTimeout(async function turn() {
        if (flight) timer = setTimeout(turn, PAUSE_MS);
        else await send();
      }, PAUSE_MS);
    },
    now() {
      clearTimeout(timer);
      if (!flight) send();
    },
    stop() {
      clearTimeout(timer);
      flight?.abort();
    },
  };
}

// The version that the words in the form go on from; it is sent with them, so that no other draft goes with this one.
export function know(form, version) {
  form.dataset.draftVersion = version;
  const field = (form.closest("form") ?? form).querySelector("[name=draft_version]");
  if (field) field.value = version;
}

// Say below the text where it is kept.
export function tell(form, how) {
  const state = form.querySelector("[data-composer-state]");
  if (state) state.textContent = document.body.dataset[how === "saved" ? "draftSaved" : "draftKept"];
}

// Offer the draft that is not shown; pressed again it changes back.
export function offer(form, other, shown, put) {
  if (!Object.keys(other).length || form.querySelector(".draft-offer")) return;
  const line = document.createElement("p");
  line.className = "draft-offer";
  const words = document.createElement("span");
  words.textContent = document.body.dataset.draftOther;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-plain";
  button.textContent = document.body.dataset.draftTake;
  let [next, last] = [other, shown];
  button.addEventListener("click", () => {
    put(form, next);
    [next, last] = [last, next];
    form.dispatchEvent(new InputEvent("input", { bubbles: true }));
  });
  line.append(words, button);
  form.append(line);
}
