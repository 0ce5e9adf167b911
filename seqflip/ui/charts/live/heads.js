// All heads of an attention as small pictures, one cell a pixel. The chosen one is drawn large; none: their mean.

export class Heads {
  constructor(chart) {
    this.chart = chart
    this.node = chart.figure.querySelector(".heads")
    this.chosen = -1
    this.told = 0
  }

  take({ heads, head }) {
    this.node.hidden = !heads
    this.heads = heads ?? []
    if (head && head.told >= this.told) this.chosen = head.place
    if (this.chosen >= this.heads.length) this.chosen = -1
    if (heads) this.lay()
  }

  // What the large picture shows instead of the mean.
  get weights() {
    return this.heads[this.chosen]?.weights
  }

  get name() {
    return this.heads[this.chosen]?.name
  }

  lay() {
    const shown = this.heads.map(({ name, note }) => `${name}${note}`).join()
    if (shown !== this.shown) this.node.replaceChildren(...this.heads.map((head, i) => this.button(head, i)))
    this.shown = shown
    const buttons = [...this.node.children]
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === this.chosen)))
  }

  button({ name, note }, i) {
    const button = document.createElement("button")
    button.type = "button"
    button.append(document.createElement("canvas"), Object.assign(document.createElement("span"), { textContent: name }))
    if (note) button.append(Object.assign(document.createElement("small"), { textContent: note }))
    button.onclick = () => this.choose(i === this.chosen ? -1 : i)
    return button
  }

  choose(place) {
    this.chosen = place
    this.told += 1
    this.lay()
    this.chart.turned()
    this.chart.setStateValue("head", { place, told: this.told })
  }

  paint(colours) {
    const ramp = colours.map((colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)))
    this.heads.forEach(({ weights }, i) => {
      const canvas = this.node.children[i].querySelector("canvas")
      canvas.width = weights[0].length
      canvas.height = weights.length
      const paper = canvas.getContext("2d")
      const image = paper.createImageData(canvas.width, canvas.height)
      weights.flat().forEach((percent, at) => image.data.set([...mixed(ramp, percent / 100), 255], 4 * at))
      paper.putImageData(image, 0, 0)
    })
  }
}

function mixed(ramp, share) {
  const at = share * (ramp.length - 1)
  const low = Math.min(Math.floor(at), ramp.length - 2)
  return ramp[low].map((value, i) => Math.round(value + (at - low) * (ramp[low + 1][i] - value)))
}
