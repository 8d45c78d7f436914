// Tables that scroll sideways can be reached and moved by keyboard.
export function scroller(root) {
  for (const box of root.querySelectorAll?.(".table-wrap") ?? []) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}
