// Tokens and names as they were typed: Plotly reads its labels, titles and hovers as HTML of its own kind.
// The same as `in_chart` of seqflip/ui/as_typed.py.

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;" }
const FROM_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

export function inChart(text) {
  return isolated(text.replace(/[&<>]/g, (sign) => SIGNS[sign]))
}

// A token that is written from the right turns nothing else round.
export function isolated(text) {
  return FROM_RIGHT.test(text) ? `\u2068${text}\u2069` : text
}

// A text over several lines of at most so many characters.
export function wrapped(text, most) {
  const lines = [""]
  for (const word of text.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length >= most) lines.push("")
    lines.push(`${lines.pop()} ${word}`.trimStart())
  }
  return lines
}
