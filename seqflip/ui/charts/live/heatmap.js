// Attention weights: one row an output token, from the top; one column an input token; always from 0 to 1.

import { inChart } from "./as_typed.js"
import { baseLayout } from "./theme.js"

const TALLEST = 620
const SMALLEST = 11 // pixels: of letters

// As high as was asked for, higher in a wide place, and lower in a low frame: of that, it has a share.
export function heatmapHeight({ height, grows }, width, share) {
  return grows && share === 1 ? Math.max(height, Math.min(0.72 * width, TALLEST)) : share * height
}

export function heatmapFigure(data, theme, width, chosen) {
  const { height } = data
  const rows = data.outputs.length
  const columns = data.inputs.length
  const most = Math.max(rows, columns)
  const size = theme.scale * (most > 24 ? 9 : most > 16 ? 13 : 16)
  const roughly = Math.min((width - 110) / columns, (height - 80) / rows) // a cell, before the labels have room
  const margin = marginFor(data, size, widthIn(theme.font, size), theme.scale, roughly)
  const cell = Math.max(
    1, // also while it is hidden, or narrower than its labels
    Math.min((width - margin.l - margin.r) / columns, (height - margin.t - margin.b) / rows),
  )
  const gap = cell < 14 ? 0 : 1
  const wide = share(cell * columns, width - margin.l - margin.r)
  const high = share(cell * rows, height - margin.t - margin.b)
  const axis = {
    showgrid: false,
    zeroline: false,
    ticks: "",
    fixedrange: true,
    automargin: false,
  }
  // Letters become smaller before any label is left out.
  const letters = (fitting) => Math.min(size, Math.max(SMALLEST * theme.scale, fitting))
  const across = letters(margin.slanted ? cell - 2 : (size * (cell - 4)) / (margin.widest - 4))
  const down = letters(cell - 2)
  const room = margin.slanted ? across + 2 : ((margin.widest - 4) * across) / size + 4
  const trace = {
    type: "heatmap",
    z: data.weights.map((row) => row.map((percent) => percent / 100)),
    zmin: 0,
    zmax: 1,
    colorscale: data.colours.map((pair, i) => [i / (data.colours.length - 1), theme.pick(pair)]),
    xgap: gap,
    ygap: gap,
    customdata: data.outputs.map((out) => data.inputs.map((from) => [inChart(out), inChart(from)])),
    hovertemplate: `${data.axes[0]} %{customdata[0]} ← ${data.axes[1]} %{customdata[1]}: <b>%{z:.2f}</b><extra></extra>`,
    colorbar: { thickness: 10, outlinewidth: 0, tickvals: [0, 0.5, 1], ...beside((1 + wide) / 2, cell * rows), tickfont: { size: 12 * theme.scale } },
  }
  const layout = {
    ...baseLayout(theme, height, margin),
    shapes: [...outlined(data.pulsing ? peaks(data.weights) : (data.truth ?? []), cell), ...frames(chosen, columns, cell)],
    plot_bgcolor: theme.line, // seen in the gaps: a cell that is not looked at has the page's colour
    dragmode: false,
    hovermode: "closest",
    xaxis: {
      ...axis,
      side: "top",
      title: { text: data.axes[1], standoff: 4 },
      range: [-0.5, columns - 0.5],
      domain: [(1 - wide) / 2, (1 + wide) / 2],
      tickangle: margin.slanted ? -60 : 0,
      tickfont: { size: across },
      ...labels(data.input_labels, chosen?.column, theme.pick(data.accents?.[1] ?? []), cell, room),
    },
    yaxis: {
      ...axis,
      title: { text: data.axes[0], standoff: 4 },
      range: [rows - 0.5, -0.5],
      domain: [1 - high, 1],
      tickfont: { size: down },
      ...labels(data.output_labels, chosen?.row, theme.pick(data.accents?.[0] ?? []), cell, down + 2),
    },
  }
  return { traces: [trace], layout }
}

// Of a room, what a picture takes: cells are squares, and where there are none there is nothing.
function share(size, room) {
  return Math.min(1, Math.max(0.01, size / Math.max(1, room)))
}

// The scale is as high as the picture, and beside it.
function beside(edge, height) {
  return { x: edge, xpad: 12, y: 1, yanchor: "top", ypad: 0, len: Math.max(height, 80), lenmode: "pixels" }
}

// Room for the labels: as much as always, and more for long ones.
function marginFor(data, size, widthOf, scale, cell) {
  const width = (labels) => Math.max(...labels.map(widthOf))
  const wide = width(data.input_labels)
  const smallest = SMALLEST * scale
  const slanted = wide > 44 * scale || ((wide * smallest) / size + 4 > cell && cell > smallest + 2)
  const widest = slanted ? size + 2 : wide + 4
  const left = Math.max(56 * scale, width(data.output_labels) + 34 * scale)
  const right = Math.max(52 * scale, slanted ? 0.52 * width(data.input_labels.slice(-1)) + 8 : 0)
  return { l: left, r: right, t: slanted ? 42 * scale + 0.9 * wide : 52 * scale, b: 10, slanted, widest }
}

// How wide a text is, in letters of this size.
function widthIn(font, size) {
  const paper = document.createElement("canvas").getContext("2d")
  paper.font = `${size}px ${font}`
  return (text) => paper.measureText(text).width
}

// All labels, or every second, fourth, ... where there is no room, and always the chosen one.
function labels(texts, chosen, colour, cell, needed) {
  let every = 1
  while (every * cell < needed) every *= 2
  const places = texts.map((_, i) => i).filter((i) => i === chosen || (i % every === 0 && !tooClose(i)))
  const shown = texts.map(inChart)
  const write = (i) => (i === chosen ? `<b style="color:${colour ?? "inherit"}">${shown[i]}</b>` : shown[i])
  return { tickvals: places, ticktext: places.map(write) }

  function tooClose(i) {
    return chosen !== undefined && i !== chosen && Math.abs(i - chosen) * cell < needed
  }
}

// Where each output looks most.
function peaks(weights) {
  return weights.map((row, i) => [i, row.indexOf(Math.max(...row))])
}

// Where an output truly comes from: a light frame with a dark edge, to be seen on every colour.
function outlined(cells, cell) {
  return cells.flatMap(([row, column]) => framed(column, column, row, cell, Math.min(1.6, cell / 10)))
}

function frames(chosen, columns, cell) {
  if (!chosen) return []
  const { row, column } = chosen
  return [
    ...framed(0, columns - 1, row, cell, Math.min(1, cell / 12)),
    ...framed(column, column, row, cell, Math.min(3, cell / 6)),
  ]
}

// A frame around some cells of a row, drawn inside them: what is beyond the picture's edge is cut off.
function framed(first, last, row, cell, width) {
  const edge = 0.5 - (0.85 * width) / cell
  const frame = { type: "rect", x0: first - edge, x1: last + edge, y0: row - edge, y1: row + edge }
  return [
    { ...frame, line: { color: "#111", width: 1.7 * width } },
    { ...frame, line: { color: "#fff", width } },
  ]
}
