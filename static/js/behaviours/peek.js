// Opens what a link leads to in place: below the line that it stands in, and closes it again. Else the link leads there.
export function peek(link) {
  let shown = null;
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    event.preventDefault();
    if (shown) {
      shown.hidden = !shown.hidden;
    } else {
      try {
        const response = await fetch(link.href, { headers: { "X-Fragment": "1", Accept: "text/html" } });
        if (!response.ok) return location.assign(link.href);
        shown = document.createElement("div");
        shown.className = "peek";
        shown.innerHTML = await response.text();
        link.parentElement.after(shown);
      } catch {
        return location.assign(link.href);
      }
    }
    link.setAttribute("aria-expanded", String(!shown.hidden));
  });
}
