// Small helpers for pictures in SVG.

export function make(kind, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  if (text !== undefined) element.textContent = text
  return element
}

// A token that is written from the right turns nothing round that stands beside it.
export function alone(token) {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(token) ? `\u2068${token}\u2069` : token
}

export function lines(...groups) {
  return groups.flat().map(([x0, y0, x1, y1]) => `M${x0} ${y0}L${x1} ${y1}`).join("")
}

// All places, or every second, fourth, ... where each needs more room than it has.
export function spread(count, room, needed) {
  let every = 1
  while (every < count && every * room < needed) every *= 2
  return Array.from({ length: count }, (_, i) => i).filter((i) => i % every === 0)
}
