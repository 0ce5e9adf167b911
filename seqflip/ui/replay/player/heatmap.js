// Attention weights: one pixel a cell, enlarged by the browser, so that a picture is a few microseconds of work.
// Labels, gaps and outlines lie over it as SVG, in the page's own colours.

import { Heads } from "./heads.js"
import { alone, lines, make, spread } from "./svg.js"

const LOWEST = 400 // of the picture, in pixels; it grows with its place, and in a low frame it is lower
const TALLEST = 620
const BAR = 46 // room for the scale at the right

export class Heatmap {
  constructor(root) {
    this.root = root
    this.canvas = root.querySelector("canvas")
    this.svg = root.querySelector("svg")
    this.tip = root.querySelector(".tip")
    this.heads = new Heads(root.parentElement.querySelector(".heads"), () => this.frame && this.show(this.frame))
    this.paper = this.canvas.getContext("2d")
    root.onpointermove = (event) => this.hover(event)
    root.onpointerleave = () => this.hover()
    this.night = matchMedia("(prefers-color-scheme: dark)")
    this.night.addEventListener("change", () => setTimeout(() => this.frame && this.show(this.frame)))
  }

  take(data) {
    if (!data.has_attention) return
    this.data = data
    const { rows } = data
    const columns = data.labels.length
    const width = this.root.clientWidth
    const wide = 7.5 * Math.max(...data.short.map((label) => label.length))
    const left = 30 + 7.5 * Math.max(...data.frames.flatMap((frame) => frame.short.map((one) => one.length)), 3)
    const share = Number(getComputedStyle(this.root).getPropertyValue("--seqflip-share")) || 1
    const tallest = share < 1 ? share * LOWEST : Math.min(Math.max(0.62 * width, LOWEST), TALLEST)
    let cell = Math.min((width - left - BAR) / columns, (tallest - 44) / rows, Math.max(44 * share, tallest / 8))
    const slanted = wide > Math.max(cell, 24)
    const top = slanted ? 30 + 0.9 * wide : 44
    cell = Math.min(cell, Math.max((tallest + 30 - top) / rows, 4))
    Object.assign(this, { cell, left, top, columns })
    this.root.style.height = `${Math.ceil(top + cell * rows) + 4}px`
    this.canvas.width = columns
    this.canvas.height = rows
    Object.assign(this.canvas.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${cell * columns}px`,
      height: `${cell * rows}px`,
    })
    this.image = this.paper.createImageData(columns, rows)
    const bar = this.root.querySelector(".scale")
    Object.assign(bar.style, { left: `${left + cell * columns + 12}px`, top: `${top}px`, height: `${Math.max(cell * rows, 80)}px` })
    bar.style.setProperty("--ramp", data.colours.map(([light, dark]) => `light-dark(${light}, ${dark})`).reverse().join(", "))
    this.heads.take(data)
    this.lay(slanted)
  }

  lay(slanted) {
    const { data, cell, left, top, columns } = this
    const right = left + cell * columns
    const bottom = top + cell * data.rows
    const gap = cell < 14 ? 0 : 1
    const x = (i) => left + cell * (i + 0.5)
    const needed = slanted ? 15 : 7.5 * Math.max(...data.short.map((label) => label.length)) + 4
    const inputs = spread(columns, cell, needed).map((i) => {
      const text = make("text", { x: x(i), y: top - 7, "text-anchor": slanted ? "start" : "middle" }, data.short[i])
      if (slanted) text.setAttribute("transform", `rotate(-60 ${x(i)} ${top - 7})`)
      return text
    })
    this.outputs = spread(data.rows, cell, 15).map((i) => {
      const text = make("text", { x: left - 7, y: top + cell * (i + 0.5) + 4.5, "text-anchor": "end" })
      return { i, text }
    })
    const gaps = lines(
      Array.from({ length: columns + 1 }, (_, i) => [left + cell * i, top, left + cell * i, bottom]),
      Array.from({ length: data.rows + 1 }, (_, i) => [left, top + cell * i, right, top + cell * i]),
    )
    const frames = data.truth.flatMap(([row, column]) =>
      ["edge", "line"].map((kind) =>
        make("rect", {
          class: kind,
          x: left + cell * column + 1.5,
          y: top + cell * row + 1.5,
          width: Math.max(cell - 3, 1),
          height: Math.max(cell - 3, 1),
        }),
      ),
    )
    this.svg.replaceChildren(
      make("text", { x: left, y: 14, class: "axis" }, "input"),
      make("text", { x: 0, y: 14, class: "axis" }, "output"),
      ...inputs,
      ...this.outputs.map(({ text }) => text),
      make("path", { d: gaps, class: "gaps", "stroke-width": gap }),
      ...frames,
    )
  }

  outline(wanted) {
    this.svg.classList.toggle("outlined", wanted)
  }

  // At home the page is of both schemes, and follows the reader; in the app it is of one.
  dark() {
    const schemes = getComputedStyle(this.root).colorScheme
    return schemes.includes("dark") && (this.night.matches || !schemes.includes("light"))
  }

  show(frame) {
    const { image } = this
    const dark = this.dark()
    if (this.ramps !== `${dark}${this.data.colours}`) {
      this.ramps = `${dark}${this.data.colours}`
      this.ramp = ramp(this.data.colours.map((pair) => pair[Number(dark)]))
    }
    const { ramp: colour } = this
    frame.cells = this.heads.cells(frame)
    this.heads.show(frame, colour)
    image.data.fill(0)
    frame.cells.forEach((percent, i) => image.data.set(colour[percent], 4 * i))
    this.paper.putImageData(image, 0, 0)
    for (const { i, text } of this.outputs) text.textContent = frame.short[i] ?? ""
    this.frame = frame
    if (this.pointer) this.point()
  }

  hover(event) {
    this.pointer = event && { x: event.clientX, y: event.clientY }
    if (!this.frame) return
    this.point()
  }

  point() {
    const { tip, cell, frame, columns } = this
    const box = this.canvas.getBoundingClientRect()
    const row = Math.floor(((this.pointer?.y ?? -1) - box.top) / cell)
    const column = Math.floor(((this.pointer?.x ?? -1) - box.left) / cell)
    tip.hidden = !(row >= 0 && row < frame.labels.length && column >= 0 && column < columns)
    if (tip.hidden) return
    const share = (frame.cells[row * columns + column] / 100).toFixed(2)
    tip.textContent = `output ${alone(frame.labels[row])} ← input ${alone(this.data.labels[column])}: ${share}`
    tip.style.left = `${Math.min(this.left + cell * (column + 1), this.root.clientWidth - tip.offsetWidth)}px`
    tip.style.top = `${this.top + cell * (row + 1)}px`
  }

  describe(frame) {
    if (!this.data?.has_attention) return
    const rows = frame.labels.map((_, row) => {
      const shares = [...frame.cells.subarray(row * this.columns, (row + 1) * this.columns)]
      const most = shares.indexOf(Math.max(...shares))
      return `output ${row + 1} looks most at input ${most + 1} (${(shares[most] / 100).toFixed(2)})`
    })
    const said = `Attention at step ${frame.step} of the answer ${frame.words.join(" ")} to ${this.data.source.join(" ")}`
    const whose = this.heads.name ? `${this.heads.name}: ` : ""
    this.canvas.setAttribute("aria-label", `${whose}${said}. ${rows.join("; ")}`)
  }
}

// The colour of each hundredth, between the colours that are given.
function ramp(colours) {
  const given = colours.map((colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)))
  return Array.from({ length: 101 }, (_, percent) => {
    const at = (percent / 100) * (given.length - 1)
    const low = Math.min(Math.floor(at), given.length - 2)
    return [...given[low].map((value, i) => Math.round(value + (at - low) * (given[low + 1][i] - value))), 255]
  })
}
