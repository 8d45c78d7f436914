// A details element that closes as a menu does: Escape, a click elsewhere, focus leaving it.
export function menu(details) {
  const close = (event) => {
    if (details.open && !details.contains(event.target)) details.open = false;
  };
  details.addEventListener("toggle", () => {
    const act = details.open ? "addEventListener" : "removeEventListener";
    document[act]("click", close);
    document[act]("focusin", close);
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector("summary").focus();
  });
}
