// A chart as a picture to take home: PNG or SVG, drawn by the browser, on the page's background.

export function savePicture(plot, data, theme, format) {
  const { width, height, ...layout } = plot.layout
  const margin = { ...layout.margin, t: layout.margin.t + 44 }
  const size = { width: plot.clientWidth, height: plot.clientHeight + 44 }
  const picture = {
    data: plot.data,
    layout: {
      ...layout,
      ...size,
      margin,
      paper_bgcolor: theme.background,
      title: { text: data.caption, x: 0.02, y: 1 - 18 / size.height, font: { size: 15 } },
    },
  }
  return window.Plotly.downloadImage(picture, {
    ...size,
    format,
    filename: data.file_name,
    scale: format === "png" ? 3 : 1,
  })
}
