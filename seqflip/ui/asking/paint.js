// An empty grid of outputs and inputs, painted by press, by drag or by keys; then the model's own weights over it.

import { make } from "./make.js"
import { inkOn, shade } from "./shade.js"

export function paint({ body, data, given, note, give }) {
  const { inputs, outputs, rows } = data
  const painted = new Set(fitting(given, rows, inputs.length))
  const places = rows.flatMap((row) => inputs.map((_, column) => `${row} ${column}`))
  let shown = false
  let focused = places[0]

  const cells = new Map()
  const grid = make("div", { role: "grid", className: "cells", "aria-label": "Where each output looks", "aria-multiselectable": "true" })
  grid.style.setProperty("--columns", inputs.length)
  const head = make("div", { role: "row" }, make("span", { role: "columnheader", className: "corner" }, "input →", make("br"), "output ↓"))
  head.append(...inputs.map((token) => make("span", { role: "columnheader", title: token }, token)))
  grid.append(head)
  outputs.forEach((token, row) => {
    const asked = rows.includes(row)
    const line = make("div", { role: "row", className: asked ? "" : "dimmed", "aria-disabled": String(!asked) }, make("span", { role: "rowheader", title: token }, token))
    inputs.forEach((input, column) => {
      const cell = make("div", { role: "gridcell", tabIndex: -1, "aria-disabled": String(!asked) })
      cell.dataset.place = `${row} ${column}`
      if (asked) cells.set(cell.dataset.place, cell)
      line.append(cell)
    })
    grid.append(line)
  })
  const button = make("button", { type: "button", className: "show", onclick: () => give([...painted]) })
  button.append(make("span", { className: "alone" }, "Show where it looks"), make("span", { className: "in-class" }, "Send it to the class"))
  const hint = make("p", { className: "hint" }, "Press or drag over cells; or arrow keys and space, then Enter.")
  body.append(grid, hint, button)

  const draw = () => {
    for (const [place, cell] of cells) {
      const [row, column] = place.split(" ").map(Number)
      const is = painted.has(place)
      const share = shown ? `, weight ${data.weights[row][column].toFixed(2)}` : ""
      cell.classList.toggle("painted", is)
      cell.setAttribute("aria-selected", is)
      cell.setAttribute("aria-label", `output ${outputs[row]}, input ${inputs[column]}${is ? ", painted" : ""}${share}`)
      cell.tabIndex = place === focused ? 0 : -1
    }
    button.disabled = shown || painted.size === 0
  }
  const set = (place, is) => {
    if (shown || !cells.has(place)) return
    if (is) painted.add(place)
    else painted.delete(place)
    draw()
    note([...painted])
  }

  let brush = null
  grid.onpointerdown = (event) => {
    const place = event.target.dataset.place
    if (shown || !cells.has(place)) return
    event.target.releasePointerCapture?.(event.pointerId)
    brush = !painted.has(place)
    focused = place
    set(place, brush)
  }
  grid.onpointermove = (event) => {
    if (brush === null || !event.buttons) return
    const place = document.elementFromPoint(event.clientX, event.clientY)?.dataset?.place
    if (place && painted.has(place) !== brush) set(place, brush)
  }
  grid.onpointerup = grid.onpointercancel = grid.onpointerleave = () => (brush = null)

  grid.onkeydown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const at = rows.indexOf(Number(focused.split(" ")[0]))
    const column = Number(focused.split(" ")[1])
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (move) {
      const row = Math.min(Math.max(at + move[0], 0), rows.length - 1)
      focused = `${rows[row]} ${Math.min(Math.max(column + move[1], 0), inputs.length - 1)}`
      draw()
      cells.get(focused).focus()
    } else if (event.key === " ") set(focused, !painted.has(focused))
    else if (event.key === "Enter" && painted.size && !shown) give([...painted])
    else return
    event.preventDefault()
  }

  draw()
  return {
    show() {
      shown = true
      grid.querySelectorAll("[data-place]").forEach((cell) => {
        const weight = at(data.weights, cell.dataset.place)
        cell.style.background = shade(data.colours, weight)
        cell.style.color = inkOn(weight)
        cell.textContent = weight >= 0.05 ? short(weight) : ""
      })
      grid.classList.add("shown")
      hint.textContent = "Outlined: what you painted. Dark or bright: where it looks."
      draw()
    },
    said() {
      if (painted.size === 0) return ""
      const held = [...painted].reduce((sum, place) => sum + at(data.weights, place), 0) / rows.length
      const chance = painted.size / places.length
      const yours = painted.size === 1 ? "1 cell holds" : `${painted.size} cells hold`
      return `Your ${yours} ${percent(held)} of its attention; as many at random would hold ${percent(chance)}.`
    },
  }
}

function fitting(given, rows, columns) {
  if (!Array.isArray(given)) return []
  return given.filter((place) => {
    const [row, column] = String(place).split(" ").map(Number)
    return rows.includes(row) && column >= 0 && column < columns
  })
}

function at(weights, place) {
  const [row, column] = place.split(" ")
  return weights[row][column]
}

export function short(weight) {
  if (weight >= 0.995) return weight === 1 ? "1" : ">.99"
  return weight.toFixed(2).replace(/^0/, "")
}

export function percent(share) {
  return `${Math.round(100 * share)} %`
}
