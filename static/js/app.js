// The script of every page: finds data-behaviour="a b" on elements, now and when content arrives later.
import { ago } from "./behaviours/ago.js";
import { composer } from "./behaviours/composer.js";
import { confirm } from "./behaviours/confirm.js";
import { draft, clearDrafts } from "./behaviours/draft.js";
import { fragment } from "./behaviours/fragment.js";
import { here } from "./behaviours/here.js";
import { hotkeys } from "./behaviours/hotkeys.js";
import { menu } from "./behaviours/menu.js";
import { offline } from "./behaviours/offline.js";
import { peek } from "./behaviours/peek.js";
import { pictures } from "./behaviours/pictures.js";
import { rail } from "./behaviours/rail.js";
import { scroller } from "./behaviours/scroller.js";
import { seen } from "./behaviours/seen.js";
import { share } from "./behaviours/share.js";
import { similar } from "./behaviours/similar.js";
import { suggest } from "./behaviours/suggest.js";
import { theme } from "./behaviours/theme.js";
import { watch } from "./behaviours/watch.js";

const behaviours = { ago, composer, confirm, draft, fragment, here, menu, offline, peek, pictures, rail, seen, share, similar, suggest, theme, watch };
const started = new WeakSet();

function start(element) {
  if (started.has(element)) return;
  started.add(element);
  for (const name of element.dataset.behaviour.split(/\s+/)) behaviours[name]?.(element);
}

function startWithin(root) {
  if (root.matches?.("[data-behaviour]")) start(root);
  for (const element of root.querySelectorAll?.("[data-behaviour]") ?? []) start(element);
}

clearDrafts(document);
startWithin(document);
hotkeys(document);
scroller(document);

new MutationObserver((changes) => {
  for (const change of changes) {
    for (const node of change.addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      clearDrafts(node);
      startWithin(node);
      scroller(node);
    }
  }
}).observe(document.body, { childList: true, subtree: true });

// Signed-in pages listen for notices; the socket's code is fetched only for them.
if ("live" in document.body.dataset) import("./live.js").then((live) => live.listen());
