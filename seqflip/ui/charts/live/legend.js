// The legend above a chart of curves, as buttons that hide and show a curve. Plotly's own would take its
// room from the curves, and as much of it as it likes.

const DASHES = { solid: "", dash: "7 4", dot: "2 3", dashdot: "7 3 2 3" }

export function drawLegend(place, held, theme, onChange) {
  held.hidden ??= new Set()
  const series = [...held.series.values()].filter((one) => !one.of)
  const now = JSON.stringify([theme.dark, series.map((one) => [one.name, held.hidden.has(one.name)])])
  if (held.legend === now) return
  held.legend = now
  while (place.children.length > series.length) place.lastChild.remove()
  series.forEach((one, i) => {
    const button = place.children[i] ?? place.appendChild(document.createElement("button"))
    button.type = "button"
    button.title = "Hide or show this curve"
    button.setAttribute("aria-pressed", String(!held.hidden.has(one.name)))
    button.replaceChildren(sample(theme.pick(one.colour), one.dash), one.name)
    button.onclick = () => {
      if (!held.hidden.delete(one.name)) held.hidden.add(one.name)
      onChange()
    }
  })
}

function sample(colour, dash) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  picture.setAttribute("viewBox", "0 0 24 4")
  picture.setAttribute("aria-hidden", "true")
  picture.innerHTML = `<path d="M0 2H24" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${DASHES[dash]}"/>`
  return picture
}
