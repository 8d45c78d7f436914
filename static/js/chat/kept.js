// What this browser remembers of the chat: the room last read, and whether the dock stands open.
const KEY = "laurel-dock";

export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

export function keep(part) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...kept(), ...part }));
  } catch {
    return;
  }
}
