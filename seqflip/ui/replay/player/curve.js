// The loss, over an axis on which every snapshot has the same room, as on the slider below it: so the slider's thumb
// stands under the step that is shown, and early steps, where most happens, are drawn wide.

import { make } from "./svg.js"

const LEFT = 44
const RIGHT = 44
const TOP = 26
const BOTTOM = 24

export class Curve {
  constructor(root, onMove) {
    this.root = root
    this.svg = root.querySelector(".chart")
    this.legend = root.querySelector(".legend")
    this.svg.onpointerdown = (event) => {
      this.svg.setPointerCapture(event.pointerId)
      this.follow(event, onMove)
    }
    this.svg.onpointermove = (event) => event.buttons && this.follow(event, onMove)
  }

  follow(event, onMove) {
    const share = (event.offsetX - LEFT) / (this.width - LEFT - RIGHT)
    onMove(Math.round(share * (this.data.frames.length - 1)))
  }

  take(data) {
    this.data = data
    this.width = this.svg.clientWidth
    this.height = this.svg.clientHeight
    this.steps = data.frames.map((frame) => frame.step)
    const losses = [...data.training.y, ...data.held_out.y].filter((y) => y !== null)
    this.highest = nice(Math.max(...losses, 0.1))
    this.cursor = make("path", { class: "cursor" })
    this.svg.replaceChildren(
      ...this.grid(),
      ...this.marks(),
      make("path", { d: this.path(data.training), class: "training" }),
      make("path", { d: this.path(data.held_out), class: "held-out" }),
      make("path", { d: this.alignment(), class: "alignment" }),
      this.cursor,
    )
    const shown = { training: data.training.x.length, "held-out": data.held_out.x.length, alignment: data.aligned }
    for (const entry of this.legend.querySelectorAll("[data-of]")) entry.hidden = !shown[entry.dataset.of]
  }

  place(i) {
    return LEFT + (i / Math.max(this.steps.length - 1, 1)) * (this.width - LEFT - RIGHT)
  }

  // Where a step lies between two snapshots.
  x(step) {
    let after = this.steps.findIndex((one) => one >= step)
    if (after < 1) return this.place(after < 0 ? this.steps.length - 1 : 0)
    const [low, high] = [this.steps[after - 1], this.steps[after]]
    return this.place(after - 1 + (step - low) / (high - low))
  }

  y(share) {
    return this.height - BOTTOM - share * (this.height - TOP - BOTTOM)
  }

  path({ x, y }) {
    const newest = this.steps.at(-1)
    let d = ""
    for (let i = 0; i < x.length && x[i] <= newest; i++) {
      if (y[i] === null) continue
      const pen = d && y[i - 1] !== null ? "L" : "M"
      d += `${pen}${this.x(x[i]).toFixed(1)} ${this.y(Math.min(y[i] / this.highest, 1)).toFixed(1)}`
    }
    return d
  }

  alignment() {
    const known = this.data.frames.map((frame, i) => [i, frame.mass]).filter(([, mass]) => mass !== null)
    return known.map(([i, mass], n) => `${n ? "L" : "M"}${this.place(i).toFixed(1)} ${this.y(mass).toFixed(1)}`).join("")
  }

  grid() {
    const right = this.width - RIGHT
    const parts = [0, 0.5, 1].flatMap((share) => {
      const y = this.y(share)
      const loss = make("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, short(share * this.highest))
      const percent = make("text", { x: right + 8, y: y + 4 }, `${100 * share} %`)
      return [make("path", { class: "grid", d: `M${LEFT} ${y}H${right}` }), loss, ...(this.data.aligned ? [percent] : [])]
    })
    return [...parts, ...this.ticks()]
  }

  // As many steps as can be written beside each other, the first and the last among them.
  ticks() {
    const last = this.steps.length - 1
    const half = (i) => 3.6 * this.steps[i].toLocaleString("en").length + 10
    const chosen = [last]
    const free = this.place(last) - half(last)
    let from = -Infinity
    this.steps.forEach((_, i) => {
      const x = this.place(i)
      if (x - half(i) < from || x + half(i) > free) return
      from = x + half(i)
      chosen.push(i)
    })
    return chosen.map((i) =>
      make("text", { x: this.place(i), y: this.height - 8, "text-anchor": "middle" }, this.steps[i].toLocaleString("en")),
    )
  }

  marks() {
    let free = -Infinity
    return this.data.moments.flatMap((moment, i) => {
      const x = this.x(moment.step)
      const at = Math.max(x, free)
      free = at + 19
      return [
        make("path", { class: "mark", d: `M${at} ${TOP - 8}L${x} ${TOP}V${this.height - BOTTOM}` }),
        make("circle", { class: "mark", cx: at, cy: 10, r: 9 }),
        make("text", { class: "number", x: at, y: 14.5, "text-anchor": "middle" }, String(i + 1)),
      ]
    })
  }

  show(place) {
    this.cursor.setAttribute("d", `M${this.place(place)} ${TOP - 4}V${this.height - BOTTOM + 4}`)
  }

  describe(frame) {
    const { moments } = this.data
    const marked = moments.map((moment) => `${moment.label} at step ${moment.step}`).join("; ")
    const now = `Loss over ${this.steps.at(-1)} training steps, with a mark at step ${frame.step}: loss ${frame.loss}`
    this.svg.setAttribute("aria-label", `${now}. ${marked || this.data.unmarked}`)
  }
}

function nice(value) {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 3, 4, 5, 6, 8, 10].find((n) => n * power >= value) * power
}

function short(value) {
  return String(Number(value.toPrecision(2)))
}
