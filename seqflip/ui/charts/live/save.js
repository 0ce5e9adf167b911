// A chart as a picture to take home: PNG or SVG, drawn by the browser, on the page's background.

import { inChart, wrapped } from "./as_typed.js"

const SIZE = 15
const LINE = 20
const MOST = 6 // lines
const LEGEND_WIDTH = 640
const BELOW_LEGEND = 28

export function savePicture(plot, data, theme, format) {
  const { width, height, ...layout } = plot.layout
  const legend = legendRows(plot.data, layout)
  const wide = legend ? Math.max(plot.clientWidth, LEGEND_WIDTH) : plot.clientWidth
  const lines = wrapped(data.caption, Math.floor(wide / (0.56 * SIZE)))
  const told = lines.length > MOST ? [...lines.slice(0, MOST - 1), "…"] : lines
  const room = 30 + LINE * told.length
  const top = room + LINE * legend
  const above = legend ? Math.min(layout.margin.t, BELOW_LEGEND) : layout.margin.t
  const margin = { ...layout.margin, t: above + top, autoexpand: !legend }
  const size = { width: wide, height: plot.clientHeight + top }
  const picture = {
    data: plot.data,
    layout: {
      ...layout,
      ...size,
      margin,
      paper_bgcolor: theme.background,
      font: { ...layout.font, family: "sans-serif" }, // a picture cannot load the page's own, whose letters are narrower
      legend: {
        orientation: "v",
        yref: "container",
        x: 0,
        y: 1 - room / size.height,
        xanchor: "left",
        tracegroupgap: 0,
        yanchor: "top",
      },
      title: {
        text: told.map(inChart).join("<br>"),
        x: 0.02,
        y: 1 - 20 / size.height,
        yanchor: "top",
        font: { size: SIZE },
      },
    },
  }
  return window.Plotly.downloadImage(picture, {
    ...size,
    format,
    filename: data.file_name,
    scale: format === "png" ? 3 : 1,
  })
}

// One row for each name in the legend, so that none is cut, however long.
function legendRows(traces, layout) {
  if (!layout.showlegend) return 0
  return traces.filter((trace) => trace.name && trace.showlegend !== false && trace.visible !== false).length
}
