// Times of the reader's own clock, in the page's language.
const language = document.documentElement.lang || undefined;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export const timeOf = (at) => clock.format(at);

// A day as a key that compares: 2026-11-22.
export function dayOf(at) {
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

export function dayWords(at, words) {
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayOf(at) === dayOf(new Date())) return words.today;
  if (dayOf(at) === dayOf(yesterday)) return words.yesterday;
  return calendar.format(at);
}
