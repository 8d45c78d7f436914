// Keeps "3 min" true while a page stays open; days and dates are left as the server wrote them.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const REFRESH_MS = 30_000;
const shown = new Set();

export function ago(element) {
  shown.add(element);
  refresh(element);
}

function refresh(element) {
  const age = Date.now() - Date.parse(element.dateTime);
  const words = document.body.dataset;
  if (!(age >= 0) || age >= DAY || !words.agoNow) return;
  const text =
    age < MINUTE ? words.agoNow
    : age < HOUR ? words.agoMin.replace("{n}", Math.floor(age / MINUTE))
    : words.agoHour.replace("{n}", Math.floor(age / HOUR));
  if (element.textContent !== text) element.textContent = text;
}

setInterval(() => {
  for (const element of shown) element.isConnected ? refresh(element) : shown.delete(element);
}, REFRESH_MS);
