// A figure that Python made, in the page's font and without a background of its own.

import { baseLayout } from "./theme.js"

export function givenFigure(data, theme) {
  const { margin, hoverlabel, ...base } = baseLayout(theme, data.height, data.layout.margin ?? {})
  return { traces: data.traces, layout: { ...data.layout, ...base, hoverlabel, margin } }
}
