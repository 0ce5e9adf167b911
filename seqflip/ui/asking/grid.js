// A heatmap to be read: a row for each output, a column for each input.

import { make } from "./make.js"
import { short } from "./paint.js"
import { inkOn, shade } from "./shade.js"

const SEEN = 0.05 // less is not written

export function grid(title, { inputs, outputs }, weights, colours) {
  const head = make("tr", {}, make("td", {}), ...inputs.map((token) => make("th", { scope: "col", title: token }, token)))
  const rows = outputs.map((token, i) => make("tr", {}, make("th", { scope: "row", title: token }, token), ...weights[i].map((weight) => cell(weight, colours))))
  const table = make("table", {}, make("caption", {}, title), make("thead", {}, head), make("tbody", {}, ...rows))
  return make("div", { className: "seqflip-read", tabIndex: 0, role: "region", "aria-label": title }, table)
}

function cell(weight, colours) {
  const node = make("td", {}, weight >= SEEN ? short(weight) : "")
  node.style.background = shade(colours, weight)
  node.style.color = inkOn(weight)
  return node
}
