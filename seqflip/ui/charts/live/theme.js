// What a chart takes from the page around it: colours, fonts, and whether it is light or dark.

export function pageTheme(element) {
  const style = getComputedStyle(element)
  const value = (name) => style.getPropertyValue(name).trim()
  const dark = getComputedStyle(element).colorScheme.includes("dark")
  return {
    dark,
    share: Number(value("--seqflip-share")) || 1, // of its height, which a chart keeps in a low frame: embed.css
    scale: parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
    text: value("--st-text-color"),
    background: value("--st-background-color"),
    line: value("--st-border-color"),
    font: value("--st-font"),
    pick: ([light, night]) => (dark ? night : light),
  }
}

// The part of a Plotly layout that every chart shares. Margins are fixed, so that nothing moves.
export function baseLayout(theme, height, margin) {
  return {
    height,
    margin: { ...margin, pad: 0 },
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 13 * theme.scale, color: theme.text },
    hoverlabel: {
      bgcolor: theme.background,
      bordercolor: theme.line,
      font: { family: theme.font, size: 13 * theme.scale, color: theme.text },
    },
  }
}

export function baseAxis(theme) {
  return {
    gridcolor: theme.line,
    linecolor: theme.line,
    zeroline: false,
    automargin: false,
    ticklabeloverflow: "allow",
    fixedrange: false,
  }
}
