// All heads of an attention as small pictures, one cell a pixel. The chosen one is drawn large; none: their mean.

export class Heads {
  constructor(root, onTurn) {
    this.root = root
    this.onTurn = onTurn
    this.chosen = -1
  }

  take({ heads, labels, rows }) {
    this.root.hidden = !heads.length
    Object.assign(this, { columns: labels.length, rows })
    if (this.chosen >= heads.length) this.chosen = -1
    const names = heads.join()
    if (names !== this.names) this.root.replaceChildren(...heads.map((name, i) => this.button(name, i)))
    this.names = names
    this.press()
  }

  button(name, i) {
    const button = document.createElement("button")
    button.type = "button"
    button.append(document.createElement("canvas"), Object.assign(document.createElement("span"), { textContent: name }))
    button.onclick = () => {
      this.chosen = i === this.chosen ? -1 : i
      this.press()
      this.onTurn()
    }
    return button
  }

  press() {
    const buttons = [...this.root.children]
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === this.chosen)))
  }

  get name() {
    return this.root.children[this.chosen]?.textContent
  }

  // The cells that the large picture shows, as hundredths.
  cells(frame) {
    frame.mean ??= decoded(frame.weights)
    frame.all ??= decoded(frame.heads)
    return this.chosen < 0 ? frame.mean : this.of(frame, this.chosen)
  }

  of(frame, i) {
    return frame.all.subarray(i * frame.mean.length, (i + 1) * frame.mean.length)
  }

  show(frame, ramp) {
    for (const [i, button] of [...this.root.children].entries()) {
      const canvas = button.querySelector("canvas")
      canvas.width = this.columns
      canvas.height = this.rows
      const paper = canvas.getContext("2d")
      const image = paper.createImageData(this.columns, this.rows)
      this.of(frame, i).forEach((percent, at) => image.data.set(ramp[percent], 4 * at))
      paper.putImageData(image, 0, 0)
    }
  }
}

function decoded(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
