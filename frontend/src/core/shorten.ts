// Cuts a label to the room it has. Keys differ at their ends, so the middle goes.

/** Shorten `text` until `measure` says that it fits into `room`; keeps both ends. */
export function shorten(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  const letters = [...text];
  let least = 0;
  let most = letters.length - 1;
  while (least < most) {
    const keep = Math.ceil((least + most) / 2);
    if (measure(ends(letters, keep)) <= room) least = keep;
    else most = keep - 1;
  }
  return ends(letters, least);
}

function ends(letters: readonly string[], keep: number): string {
  const tail = Math.floor(keep / 2);
  const head = keep - tail;
  return `${letters.slice(0, head).join("")}…${tail === 0 ? "" : letters.slice(-tail).join("")}`;
}
