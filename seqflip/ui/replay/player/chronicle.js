// What happened, in order: each sentence leads to where it begins, and is marked while what it tells is shown.

const ROOM = 840 // pixels, from which on it is open at first: beside the curve it pushes nothing down

export class Chronicle {
  constructor(root, onMove) {
    this.root = root
    this.list = root.querySelector("ol")
    this.onMove = onMove
  }

  take({ chapters, order }) {
    this.opened ??= this.root.open = this.root.parentElement.clientWidth >= ROOM
    const now = JSON.stringify(chapters)
    if (this.told !== now) this.list.replaceChildren(...chapters.map((chapter) => this.item(chapter)))
    this.told = now
    this.chapters = chapters
    this.root.querySelector(".order").textContent = order
    this.root.hidden = !chapters.length
  }

  item({ text, place }) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = text
    button.onclick = () => this.onMove(place)
    const item = document.createElement("li")
    item.append(button)
    return item
  }

  show(at) {
    this.chapters.forEach(({ place, last }, i) => {
      this.list.children[i].firstChild.setAttribute("aria-current", String(place <= at && at <= last))
    })
  }
}
