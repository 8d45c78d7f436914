// Whether a key belongs to an input method: the Enter that takes a Chinese word over sends nothing. Safari ends the
// composition before that key, and tells it by its number alone.
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
}
