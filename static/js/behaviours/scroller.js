// What scrolls sideways: tables can be reached and moved by keyboard, tabs begin at the one that is open.
export function scroller(root) {
  for (const box of root.querySelectorAll?.(".table-wrap") ?? []) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
  for (const tabs of root.querySelectorAll?.(".tabs") ?? []) {
    const open = tabs.querySelector("[aria-current]");
    if (open && tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = open.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
  }
}
