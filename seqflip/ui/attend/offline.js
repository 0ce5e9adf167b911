// The downloaded page: a click or the arrow keys choose a cell, and its row is shown in numbers.

const data = JSON.parse(document.getElementById("data").textContent)
const svg = document.querySelector("svg")
const size = Number(svg.dataset.cell)
let chosen = { row: 0, column: 0 }

function fixed(x) {
  return x.toFixed(4).replace("-", "−")
}

function line(cells, kind) {
  const row = document.createElement("tr")
  row.className = kind ?? ""
  for (const [i, text] of cells.entries()) {
    const cell = document.createElement(i ? "td" : "th")
    cell.textContent = text
    cell.dir = i ? "ltr" : "auto"
    row.append(cell)
  }
  return row
}

function show(row, column) {
  row = Math.min(Math.max(row, 0), data.output.length - 1)
  column = Math.min(Math.max(column, 0), data.input.length - 1)
  chosen = { row, column }
  for (const frame of svg.querySelectorAll(".chosen, .edge")) {
    frame.setAttribute("x", svg.dataset.left - 0 + column * size)
    frame.setAttribute("y", svg.dataset.top - 0 + row * size)
  }
  const share = fixed(data.output_probabilities[row])
  const scores = data.scores[row]
  const detail = document.getElementById("detail")
  detail.querySelector("caption").textContent =
    `Output ${row + 1}, “\u2068${data.output[row]}\u2069”, with probability ${share}`
  detail.tBodies[0].replaceChildren(
    ...data.input.map((token, j) =>
      line([token, fixed(data.products[row][j]), fixed(scores[j]), fixed(data.weights[row][j])], j === column && "chosen"),
    ),
  )
}

svg.addEventListener("click", ({ target }) => {
  if (target.dataset.row) show(Number(target.dataset.row), Number(target.dataset.column))
})
svg.addEventListener("keydown", (event) => {
  const { row, column } = chosen
  const to = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
  }[event.key]
  if (!to) return
  event.preventDefault()
  show(...to)
})
show(Number(svg.dataset.row), Number(svg.dataset.column))
