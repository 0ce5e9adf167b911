// The model drawn, for one output at a time: what it read, where it looks, its state, what it finds likely, and what
// it writes. Every line and bar is a number of the model that is shown.

import { isolated } from "./as_typed.js"
import { renewedByFeed } from "./feed.js"
import { drawStrip } from "./strip_drawing.js"
import { pageTheme } from "./theme.js"

const SECONDS = 0.9 // for each output, while it plays
const strips = new WeakMap()

export function draw(component) {
  const { parentElement } = component
  let strip = strips.get(parentElement)
  if (!strip) {
    strip = new Strip(parentElement.querySelector("figure"))
    strips.set(parentElement, strip)
  }
  strip.setStateValue = component.setStateValue
  strip.take(component.data, component.again)
  // Streamlit also cleans up after a call that was overtaken by the next one, so look whether the strip is gone.
  return () => setTimeout(() => strip.node.isConnected || strip.remove())
}

class Strip {
  had = {}
  row = 0

  constructor(figure) {
    this.node = figure
    this.paper = figure.querySelector("svg")
    this.playButton = figure.querySelector(".play")
    this.status = figure.querySelector(".told")
    this.playButton.onclick = () => this.togglePlay()
    figure.querySelector(".before").onclick = () => this.choose(this.row - 1)
    figure.querySelector(".after").onclick = () => this.choose(this.row + 1)
    this.resized = new ResizeObserver(() => this.render())
    this.resized.observe(figure)
    // Whoever lights up a row elsewhere lights it up here.
    this.ended = new AbortController()
    const { signal } = this.ended
    const onRow = ({ detail }) => detail.from !== this && this.data && this.light(detail.row)
    window.addEventListener("seqflip-row", onRow, { signal })
    window.addEventListener("seqflip-frame", ({ detail }) => this.frame(detail), { signal })
  }

  // Of a replay: what there was at one of its snapshots.
  frame(place) {
    const frame = this.data?.frames?.[place]
    if (frame) this.show(frame)
  }

  take(data, again) {
    if (!again) {
      renewedByFeed(data.key, this, data.feed)
      this.row = data.row ?? this.row
      this.show(data)
      if (data.frames) this.frame(Number(document.querySelector(".seqflip-replay")?.dataset.place ?? 0))
    } else this.render()
  }

  show(data) {
    this.data = data.kind === "nothing" ? data : { ...this.data, ...data }
    if (data.row !== undefined) this.row = data.row
    this.node.hidden = !this.data.outputs?.length
    this.render()
  }

  render() {
    const { data, paper } = this
    if (!data?.outputs?.length || !paper.clientWidth) return
    this.row = Math.min(this.row, data.outputs.length - 1)
    drawStrip(paper, data, this.row, pageTheme(this.node), {
      row: (row) => this.choose(row),
      cell: (column) => this.tell({ row: this.row, column }),
      open: (part) => this.open(part),
    })
    const told = this.told()
    paper.setAttribute("aria-label", told)
    lightAnswer(this.row)
    if (this.status.textContent !== told) this.status.textContent = told
  }

  told() {
    const { outputs, inputs, weights, next } = this.data
    const written = isolated(outputs[this.row])
    const [, share] = next[this.row][0]
    const sure = `writes ${written} (${share} %)`
    if (!weights) return `Output ${this.row + 1}: ${sure}, from one vector alone`
    const row = weights[this.row]
    const most = row.indexOf(Math.max(...row))
    return `Output ${this.row + 1}: looks most at ${isolated(inputs[most])} (${row[most]} %), ${sure}`
  }

  choose(row) {
    if (row < 0 || row >= this.data.outputs.length) return
    this.light(row)
    this.tell({ row })
  }

  light(row) {
    if (row === this.row) return
    this.row = row
    this.render()
  }

  // Where there is no heatmap to keep the choice, Python is told of it from here.
  tell(detail) {
    window.dispatchEvent(new CustomEvent("seqflip-row", { detail: { from: this, ...detail } }))
    if (this.data.column === null) return
    this.data.column = detail.column ?? this.data.column
    this.setStateValue("cell", { row: detail.row, column: this.data.column })
  }

  // The arithmetic of a part stands on the same page.
  open(part) {
    const place = document.querySelector(`.st-key-${this.data.opens?.[part]}`)
    if (!place) return
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    place.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" })
    place.classList.add("seqflip-opened")
    setTimeout(() => place.classList.remove("seqflip-opened"), 1600)
  }

  remove() {
    this.stop()
    this.resized.disconnect()
    this.ended.abort()
  }

  togglePlay() {
    if (this.timer) return this.stop()
    if (this.row === this.data.outputs.length - 1) this.choose(0)
    this.playButton.setAttribute("aria-pressed", "true")
    this.timer = setInterval(() => {
      if (this.row >= this.data.outputs.length - 1) return this.stop()
      this.choose(this.row + 1)
    }, 1000 * SECONDS)
  }

  stop() {
    clearInterval(this.timer)
    this.timer = undefined
    this.playButton.setAttribute("aria-pressed", "false")
  }
}

// The same token in the line that stands for the answer.
function lightAnswer(row) {
  for (const line of document.querySelectorAll(".seqflip-answer dd:last-of-type")) {
    const tokens = [...line.children].filter((one) => !one.matches(".verdict"))
    tokens.forEach((token, i) => token.classList.toggle("lit", i === row))
  }
}
