// Tells the server once that what the element marks was looked at (unread marks): POST data-read-url.
export function seen(element) {
  const watch = new IntersectionObserver((entries) => {
    if (document.hidden || !entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    const fields = { csrf_token: element.dataset.csrf ?? document.querySelector("[name=csrf_token]")?.value ?? "" };
    if (element.dataset.readValue) fields.value = element.dataset.readValue;
    fetch(element.dataset.readUrl, { method: "POST", body: new URLSearchParams(fields), keepalive: true, headers: { "X-Fragment": "1" } }).catch(() => {});
  });
  watch.observe(element);
  document.addEventListener("visibilitychange", () => {
    watch.unobserve(element);
    watch.observe(element);
  });
}
