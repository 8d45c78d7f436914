// Asks before a form that is hard to take back is sent. Runs before the other behaviours of the form.
export function confirm(form) {
  form.addEventListener("submit", (event) => {
    if (window.confirm(form.dataset.confirm)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
}
