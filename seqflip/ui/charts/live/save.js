// A chart as a picture to take home: PNG or SVG, drawn by the browser, on the page's background.

import { inChart, wrapped } from "./as_typed.js"

const SIZE = 15
const LINE = 20
const MOST = 6 // lines

export function savePicture(plot, data, theme, format) {
  const { width, height, ...layout } = plot.layout
  const lines = wrapped(data.caption, Math.floor(plot.clientWidth / (0.56 * SIZE)))
  const told = lines.length > MOST ? [...lines.slice(0, MOST - 1), "…"] : lines
  const room = 30 + LINE * told.length
  const margin = { ...layout.margin, t: layout.margin.t + room }
  const size = { width: plot.clientWidth, height: plot.clientHeight + room }
  const picture = {
    data: plot.data,
    layout: {
      ...layout,
      ...size,
      margin,
      paper_bgcolor: theme.background,
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
