// The arithmetic of one cell of a heatmap in one line, such as: q · k = 50.1 → ÷ √16 = 12.5 → softmax = 0.94

export function tellWork(place, { worked, inputs, outputs }, cell) {
  if (!worked?.length || !cell || cell.row >= outputs.length || cell.column >= inputs.length) {
    return place.replaceChildren()
  }
  const { row, column } = cell
  const cells = Object.assign(document.createElement("b"), { textContent: `${outputs[row]} ← ${inputs[column]}` })
  const steps = worked.map(({ name, values }) => `${name} = ${written(values[row][column])}`)
  const told = Object.assign(document.createElement("span"), { textContent: steps.join(" → ") })
  place.replaceChildren(cells, told)
}

function written(x) {
  return x.toFixed(Math.abs(x) < 10 ? 3 : 1).replace("-", "−")
}
