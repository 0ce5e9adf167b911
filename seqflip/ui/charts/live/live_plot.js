// A Plotly chart that is updated in place: its node, its zoom and what is hovered stay.
//
// Streamlit calls `draw` again with every new `data`, and a feed calls `show` meanwhile. What is held between the
// calls belongs to the element.

import { curvesFigure, curvesHeld, takeCurves } from "./curves.js"
import { renewedByFeed } from "./feed.js"
import { givenFigure } from "./figure.js"
import { Heads } from "./heads.js"
import { heatmapFigure, heatmapHeight } from "./heatmap.js"
import { drawLegend } from "./legend.js"
import { savePicture } from "./save.js"
import { Selection } from "./select.js"
import { pageTheme } from "./theme.js"
import { tellWork } from "./worked.js"

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: "reset", scrollZoom: false }
const PULSE = 1.4 // seconds, as in live_plot.css
const A_FRAME = 1000 / 60 // milliseconds
const PROJECTOR = 800 // pixels of height
const charts = new WeakMap()
let plotly

export function draw(component) {
  const { parentElement } = component
  let chart = charts.get(parentElement)
  if (!chart) {
    chart = new Chart(parentElement)
    charts.set(parentElement, chart)
  }
  chart.take(component)
  // Streamlit also cleans up after a call that was overtaken by the next one, so look whether the chart is gone.
  return () => setTimeout(() => chart.figure.isConnected || chart.remove())
}

class Chart {
  constructor(parent) {
    this.held = {}
    this.painted = -Infinity
    this.figure = parent.querySelector("figure")
    this.plot = this.figure.querySelector(".plot")
    this.legend = this.figure.querySelector(".legend")
    this.logButton = this.figure.querySelector(".log")
    this.resetButton = this.figure.querySelector(".reset")
    this.logButton.onclick = () => this.toggleLog()
    this.resetButton.onclick = () => this.resetZoom()
    this.worked = this.figure.querySelector(".worked")
    this.saveButtons = [...this.figure.querySelectorAll(".save")]
    for (const button of this.saveButtons) button.onclick = () => this.save(button.value)
    // Whoever lights up a row elsewhere lights it up here.
    this.onRow = ({ detail }) => this.light(detail)
    window.addEventListener("seqflip-row", this.onRow)
    this.resized = new ResizeObserver(() => {
      if (!this.drawn || !this.plot.offsetParent) return
      if (this.data.kind !== "heatmap") window.Plotly.Plots.resize(this.plot)
      this.look()
    })
    this.resized.observe(this.plot)
  }

  take(component) {
    const { data, setStateValue, setTriggerValue } = component
    this.setStateValue = setStateValue
    this.setTriggerValue = setTriggerValue
    if (component.again) return this.look()
    renewedByFeed(data.key, this, data.feed)
    this.show(data)
  }

  get node() {
    return this.figure
  }

  light({ from, row, column }) {
    if (!this.figure.isConnected || from === this || this.data?.kind !== "heatmap") return
    const weights = this.seen.weights[row]
    if (!weights) return
    const cell = { row, column: column ?? weights.indexOf(Math.max(...weights)) }
    if (this.selection) return this.selection.choose(cell.row, cell.column)
    this.lit = cell
    if (this.drawn) this.schedule()
  }

  get told() {
    return this.selection?.told ?? 0
  }

  // That which is framed.
  get cell() {
    const cell = this.selection?.cell ?? this.lit
    return cell && cell.row < this.data.outputs.length && cell.column < this.data.inputs.length ? cell : undefined
  }

  // What a feed need not send again.
  get had() {
    return this.data.kind === "curves" ? curvesHeld(this.held) : {}
  }

  show(data) {
    if (data.right && this.data?.right === false) this.pulse(data.inputs.join())
    this.data = { ...this.data, ...data }
    this.held.log ??= Boolean(data.log)
    this.figure.hidden = data.kind === "nothing"
    if (data.kind === "nothing" || (data.kind === "curves" && !takeCurves(this.held, data))) return
    this.fit()
    this.plot.classList.toggle("clickable", Boolean(data.clickable))
    this.figure.querySelector(".head").hidden = !data.title
    this.figure.querySelector(".title").textContent = data.title
    this.logButton.hidden = data.kind !== "curves" || Boolean(data.y_range)
    this.logButton.setAttribute("aria-pressed", String(this.held.log))
    for (const button of this.saveButtons) button.hidden = !data.file_name
    this.heads ??= new Heads(this)
    this.heads.take(this.data)
    this.turned()
  }

  // The answer has just come right: the picture shows for a moment where each token of it looked most.
  pulse(sequence) {
    if (sequence === this.pulsed) return // once for each sequence
    this.pulsed = sequence
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return
    this.pulsing = true
    this.plot.classList.add("pulse")
    setTimeout(() => {
      this.pulsing = false
      this.plot.classList.remove("pulse")
      this.schedule()
    }, 1000 * PULSE)
  }

  // After another head was chosen, too.
  turned() {
    if (this.data.selected) {
      this.selection ??= new Selection(this)
      this.selection.take(this.seen)
    }
    this.look()
  }

  // The data as one looks through the chosen head.
  get seen() {
    const { weights, name } = this.heads
    return weights ? { ...this.data, weights, alt: `${name}: ${this.data.alt}` } : this.data
  }

  fit() {
    const { data, plot } = this
    const { share } = pageTheme(plot)
    this.height = data.kind === "heatmap" ? heatmapHeight(data, plot.clientWidth, share) : chartHeight(data, share)
    plot.style.height = `${this.height}px`
  }

  // What repeats the message before, on a page that looks the same, needs no drawing.
  look() {
    if (this.figure.hidden) return
    this.said = JSON.stringify([this.seen, pageTheme(this.plot), this.plot.clientWidth])
    if (this.said !== this.drawn) this.schedule()
  }

  // Drawn at once, but several messages that arrive before the browser can paint are drawn once.
  async schedule() {
    if (this.waiting) return
    this.waiting = true
    await loadPlotly(this.data.plotly)
    if (performance.now() - this.painted > A_FRAME) this.paint()
    else requestAnimationFrame(() => this.paint())
  }

  // While somebody draws the frame to zoom to, an update would take it out of their hand.
  paint() {
    if (this.plot._dragging) return requestAnimationFrame(() => this.paint())
    this.waiting = false
    this.painted = performance.now()
    if (this.figure.isConnected) this.render()
  }

  render() {
    this.fit()
    const theme = pageTheme(this.plot)
    const { traces, layout } = this.draw(theme)
    window.Plotly.react(this.plot, traces, layout, CONFIG)
    this.plot.setAttribute("aria-label", this.seen.alt)
    this.tellWork()
    if (this.data.heads) this.heads.paint(this.data.colours.map(theme.pick))
    if (!this.drawn) this.listen()
    this.drawn = this.said
    if (this.pointer) window.Plotly.Fx.hover(this.plot, this.pointer)
  }

  draw(theme) {
    if (this.data.kind === "curves") {
      drawLegend(this.legend, this.held, theme, () => this.schedule())
      return curvesFigure(this.held, { ...this.data, height: this.height }, theme)
    }
    if (this.data.kind === "figure") return givenFigure({ ...this.data, height: this.height }, theme)
    return heatmapFigure({ ...this.seen, pulsing: this.pulsing, height: this.height }, theme, this.plot.clientWidth, this.cell)
  }

  // In one line the arithmetic of the cell that is hovered, or chosen.
  tellWork() {
    const { pick } = pageTheme(this.plot)
    tellWork(this.worked, this.seen, this.hovered ?? this.cell, (this.data.accents ?? []).map(pick))
  }

  async save(format) {
    await loadPlotly(this.data.plotly)
    await savePicture(this.plot, this.data, pageTheme(this.plot), format)
  }

  listen() {
    this.plot.on("plotly_relayout", (change) => {
      const axes = this.plot.layout
      const zoomed = Object.keys(change).some((name) => name.includes("range["))
      const reset = Object.keys(change).some((name) => name.endsWith("autorange")) || !axes
      if (zoomed || reset) this.resetButton.hidden = !zoomed
    })
    this.plot.on("plotly_hover", ({ event, points }) => {
      if (!event?.clientX) return
      if (this.data.worked?.length) {
        const [column, row] = [Math.round(points[0].x), Math.round(points[0].y)]
        this.hovered = { row, column }
        this.tellWork()
      }
      const box = this.plot.querySelector(".nsewdrag").getBoundingClientRect()
      this.pointer = { xpx: event.clientX - box.left, ypx: event.clientY - box.top }
    })
    this.plot.onmouseleave = () => {
      this.pointer = this.hovered = undefined
      this.tellWork()
    }
    this.plot.on("plotly_click", ({ points: [point] }) => {
      if (!this.data.clickable) return
      // A trigger, as the same point may be clicked again.
      this.setTriggerValue("click", { series: point.data.meta ?? point.data.name ?? null, x: point.x, y: point.y })
    })
  }

  toggleLog() {
    this.held.log = !this.held.log
    this.setStateValue("log", this.held.log)
    this.logButton.setAttribute("aria-pressed", String(this.held.log))
    this.resetButton.hidden = true
    this.schedule()
  }

  resetZoom() {
    this.resetButton.hidden = true
    const { x_range: course, y_range: fixed } = this.data
    window.Plotly.relayout(this.plot, {
      ...(course ? { "xaxis.range": course } : { "xaxis.autorange": true }),
      ...(fixed ? { "yaxis.range": fixed } : { "yaxis.autorange": true }),
    })
  }

  remove() {
    this.resized.disconnect()
    window.removeEventListener("seqflip-row", this.onRow)
    if (this.drawn) window.Plotly.purge(this.plot)
  }
}

// As high as was asked for; what grows has its share of a high screen, and in a low frame all have.
function chartHeight({ height, grows }, share) {
  return height * (grows && share === 1 ? Math.min(1.6, Math.max(1, innerHeight / PROJECTOR)) : share)
}

function loadPlotly(url) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = new URL(url, document.baseURI).href
    script.onload = resolve
    script.onerror = () => reject(new Error(`Plotly could not be loaded from ${script.src}`))
    document.head.append(script)
  })
  return plotly
}
