// Curves that grow. A feed sends only what is new, as "keep your first `from` points, then these".

import { inChart } from "./as_typed.js"
import { baseAxis, baseLayout } from "./theme.js"

// What there is of each curve: what a feed is asked with.
export function curvesHeld(held) {
  const points = [...held.series].map(([name, one]) => [name, [one.revision, one.x.length]])
  return { identity: held.identity, series: Object.fromEntries(points) }
}

// Take up an update. Returns false if it goes on where these curves are not, as they changed since it was asked for.
export function takeCurves(held, data) {
  if (held.identity !== data.identity) {
    held.identity = data.identity
    held.series = new Map()
    held.ranges = undefined
  }
  const series = new Map() // in the order of this message, without those that are gone
  for (const update of data.series) {
    const had = held.series.get(update.name)
    const known = had && had.revision === update.revision ? had.x.length : 0
    if (update.from > known) return false
    const keep = (values) => (update.from ? had[values].slice(0, update.from) : [])
    series.set(update.name, {
      ...update,
      x: keep("x").concat(update.x),
      y: keep("y").concat(update.y),
    })
  }
  held.series = series
  return true
}

export function curvesFigure(held, data, theme) {
  const traces = [...held.series.values()].map((one) => line(one, theme, held.hidden?.has(one.of || one.name)))
  traces.push(marks(data.marks, theme))
  const axis = baseAxis(theme)
  const layout = {
    ...baseLayout(theme, data.height, { l: 52 * theme.scale, r: 14, t: 12, b: 38 * theme.scale }),
    showlegend: false,
    uirevision: `${data.identity} ${held.log}`,
    hovermode: "x",
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    xaxis: { ...axis, title: { text: data.x_title, standoff: 8 }, rangemode: "tozero", hoverformat: ",d" },
    yaxis: { ...axis, title: { text: data.y_title, standoff: 6 }, rangemode: "tozero" },
    yaxis2: { overlaying: "y", range: [0, 1], fixedrange: true, visible: false },
    shapes: data.marks.map((mark) => rule(mark, theme)),
  }
  if (data.x_range) layout.xaxis.range = data.x_range
  if (data.y_range) layout.yaxis = { ...layout.yaxis, range: data.y_range, tickformat: data.y_format }
  if (held.log) {
    layout.yaxis.type = "log"
    layout.yaxis.dtick = "D2"
    layout.yaxis.exponentformat = "power"
  }
  return { traces, layout }
}

function line(one, theme, hidden) {
  const color = theme.pick(one.colour)
  return {
    type: "scatter",
    mode: one.symbol ? "lines+markers" : "lines",
    name: inChart(one.name),
    visible: !hidden,
    x: one.x,
    y: one.y,
    line: { color, width: one.width, dash: one.dash },
    marker: { color, size: 6, symbol: one.symbol },
    connectgaps: false,
    fill: one.fill ? "tonexty" : "none",
    fillcolor: `${color}33`,
    ...(one.of ? { hoverinfo: "skip" } : { hovertemplate: `%{y:${one.format}}` }),
  }
}

// What happened during training stands along the top edge; hovering tells what it was.
function marks(list, theme) {
  return {
    type: "scatter",
    mode: "markers+text",
    name: "events",
    yaxis: "y2",
    x: list.map((mark) => mark.x),
    y: list.map(() => 1),
    hovertext: list.map((mark) => mark.text),
    text: list.map((mark) => (mark.written ? ` ${mark.text}` : "")),
    textposition: "middle right",
    textfont: { color: theme.text },
    marker: { symbol: list.map((mark) => mark.symbol), size: 10, color: theme.text },
    cliponaxis: false,
    hovertemplate: "%{hovertext}<extra></extra>",
  }
}

function rule(mark, theme) {
  return {
    type: "line",
    xref: "x",
    yref: "paper",
    x0: mark.x,
    x1: mark.x,
    y0: 0,
    y1: 1,
    layer: "below",
    line: { color: theme.text, width: 1, dash: "dot" },
    opacity: 0.45,
  }
}
