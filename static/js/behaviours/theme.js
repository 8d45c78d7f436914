// Shows the chosen theme at once; the form itself keeps it on the server.
export function theme(form) {
  const show = (value) => {
    if (value === "light" || value === "dark") document.documentElement.dataset.theme = value;
    else delete document.documentElement.dataset.theme;
  };
  form.addEventListener("change", (event) => event.target.name === "theme" && show(event.target.value));
}
