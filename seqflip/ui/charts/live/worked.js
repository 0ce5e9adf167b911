// The arithmetic of one cell of a heatmap in one line, such as: q · k = 50.1 → ÷ √16 = 12.5 → softmax = 0.94
//
// A press on the product lays query and key over one another, so that one sees where they agree.

const NAMESPACE = "http://www.w3.org/2000/svg"
const [WIDTH, HEIGHT] = [320, 48]

export function tellWork(place, { worked, vectors, inputs, outputs }, cell, [blue, red]) {
  if (!worked?.length || !cell || cell.row >= outputs.length || cell.column >= inputs.length) {
    return place.replaceChildren()
  }
  const { row, column } = cell
  const told = Object.assign(document.createElement("b"), { textContent: `${outputs[row]} ← ${inputs[column]}` })
  const steps = worked.map(({ name, values }) => `${name} = ${written(values[row][column])}`)
  if (!vectors) return place.replaceChildren(told, ` ${steps.join(" → ")}`)
  const product = Object.assign(document.createElement("button"), { type: "button", textContent: steps[0] })
  const open = place.dataset.open === "yes"
  product.setAttribute("aria-expanded", String(open))
  product.title = "Query and key, over one another"
  product.onclick = () => {
    place.dataset.open = open ? "no" : "yes"
    tellWork(place, { worked, vectors, inputs, outputs }, cell, [blue, red])
  }
  const rest = steps.slice(1).map((step) => ` → ${step}`)
  place.replaceChildren(told, product, rest.join(""))
  if (open) place.append(agreement(vectors.query[row], vectors.key[column], blue, red))
}

// Each number of the query beside that of the key which it is multiplied with: both up or both down add to the sum.
function agreement(query, key, blue, red) {
  const paper = made("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", class: "agreement" })
  paper.setAttribute("aria-label", "Query and key, number by number")
  const step = WIDTH / query.length
  for (const [values, colour, left, width] of [
    [query, blue, 0.1, 0.55],
    [key, red, 0.35, 0.55],
  ]) {
    const largest = Math.max(...values.map(Math.abs)) || 1
    values.forEach((value, i) => {
      const height = (Math.abs(value) / largest) * (HEIGHT / 2 - 2)
      const y = value > 0 ? HEIGHT / 2 - height : HEIGHT / 2
      const bar = { x: (i + left) * step, y, width: width * step, height, fill: colour, opacity: 0.7 }
      paper.append(made("rect", bar))
    })
  }
  paper.append(made("path", { d: `M0 ${HEIGHT / 2} H${WIDTH}`, stroke: "currentColor", "stroke-width": 0.6 }))
  return paper
}

function made(name, attributes) {
  const node = document.createElementNS(NAMESPACE, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  return node
}

function written(x) {
  return x.toFixed(Math.abs(x) < 10 ? 3 : 1).replace("-", "−")
}
