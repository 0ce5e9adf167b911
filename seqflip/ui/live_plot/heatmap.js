// Attention weights: one row an output token, from the top; one column an input token; always from 0 to 1.

import { baseLayout } from "./theme.js"

export function heatmapFigure(data, theme) {
  const rows = data.outputs.length
  const columns = data.inputs.length
  const axis = {
    showgrid: false,
    zeroline: false,
    ticks: "",
    fixedrange: true,
    automargin: false,
    constrain: "domain",
    tickfont: { size: rows > 24 || columns > 24 ? 9 : 13 },
  }
  const trace = {
    type: "heatmap",
    z: data.weights.map((row) => row.map((percent) => percent / 100)),
    zmin: 0,
    zmax: 1,
    colorscale: data.colours.map((colour, i) => [i / (data.colours.length - 1), colour]),
    xgap: 1,
    ygap: 1,
    customdata: data.outputs.map((out) => data.inputs.map((from) => [out, from])),
    hovertemplate: "output %{customdata[0]} ← input %{customdata[1]}: <b>%{z:.2f}</b><extra></extra>",
    colorbar: { thickness: 10, outlinewidth: 0, tickvals: [0, 0.5, 1], len: 1, x: 1.02, tickfont: { size: 12 } },
  }
  const layout = {
    ...baseLayout(theme, data.height, { l: 56, r: 52, t: 52, b: 10 }),
    dragmode: false,
    hovermode: "closest",
    xaxis: {
      ...axis,
      side: "top",
      title: { text: "input", standoff: 4 },
      range: [-0.5, columns - 0.5],
      tickvals: data.inputs.map((_, i) => i),
      ticktext: data.inputs,
    },
    yaxis: {
      ...axis,
      title: { text: "output", standoff: 4 },
      range: [rows - 0.5, -0.5],
      tickvals: data.outputs.map((_, i) => i),
      ticktext: data.outputs,
      scaleanchor: "x",
    },
  }
  return { traces: [trace], layout }
}
