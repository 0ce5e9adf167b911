// A heatmap in which one cell is chosen: by a click on it or on a label, or with the arrow keys.
//
// What is chosen shows at once. Python is told, and answers with the count of what it was told last,
// so that an answer which is late never takes a newer choice back.

export class Selection {
  constructor(chart) {
    this.chart = chart
    this.told = 0
    this.cell = null
    this.note = chart.figure.querySelector(".chosen")
  }

  take(data) {
    this.data = data
    if (data.selected && (data.selected.told ?? 0) >= this.told) this.show(data.selected)
    this.chart.plot.tabIndex = 0
    this.chart.plot.setAttribute("role", "application")
    this.chart.plot.setAttribute("aria-roledescription", "heatmap; arrow keys choose a cell")
    this.chart.plot.onkeydown = (event) => this.onKey(event)
    this.chart.plot.onclick = (event) => this.onClick(event)
  }

  show({ row, column }) {
    const { outputs, inputs, weights, axes } = this.data
    row = Math.min(Math.max(row, 0), outputs.length - 1)
    column = Math.min(Math.max(column, 0), inputs.length - 1)
    this.cell = { row, column }
    const share = (weights[row][column] / 100).toFixed(2)
    const text = `${axes[0]} ${outputs[row]}, ${axes[1]} ${inputs[column]}: ${share}`
    if (this.note.textContent !== text) this.note.textContent = text
  }

  choose(row, column) {
    const before = JSON.stringify(this.cell)
    this.show({ row, column })
    if (JSON.stringify(this.cell) === before) return
    this.told += 1
    this.chart.render()
    window.dispatchEvent(new CustomEvent("seqflip-row", { detail: { from: this.chart, row: this.cell.row } }))
    this.chart.setStateValue("cell", { ...this.cell, told: this.told })
  }

  onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.cell) return
    const { row, column } = this.cell
    const last = { row: this.data.outputs.length - 1, column: this.data.inputs.length - 1 }
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, last.column],
      PageUp: [0, column],
      PageDown: [last.row, column],
    }[event.key]
    if (!to) return
    event.preventDefault()
    event.stopPropagation()
    this.choose(...to)
  }

  // A click in the margin beside a row or above a column chooses that row or column.
  onClick(event) {
    const area = this.chart.plot.querySelector(".nsewdrag")?.getBoundingClientRect()
    if (!area || !this.cell) return
    const { outputs, inputs } = this.data
    const column = Math.floor(((event.clientX - area.left) / area.width) * inputs.length)
    const row = Math.floor(((event.clientY - area.top) / area.height) * outputs.length)
    const inside = { x: column >= 0 && column < inputs.length, y: row >= 0 && row < outputs.length }
    if (inside.x && inside.y) this.choose(row, column)
    else if (inside.y && event.clientX < area.left) this.choose(row, this.cell.column)
    else if (inside.x && event.clientY < area.top) this.choose(this.cell.row, column)
  }
}
