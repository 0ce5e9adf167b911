// The keyboard: space plays, arrows go on and back, Home and End go to the ends.

const TAKEN = "input, textarea, select, [contenteditable], [role=slider], [role=listbox], [role=dialog]"

export class Keys {
  constructor(player) {
    this.player = player
    this.listen = (event) => this.take(event)
    document.addEventListener("keydown", this.listen)
  }

  // What is typed elsewhere on the page is not ours; a slider knows its keys, a button its space.
  take(event) {
    const { target } = event
    const { player } = this
    if (event.altKey || event.ctrlKey || event.metaKey || !player.data) return
    if (target.closest(TAKEN) && !player.root.contains(target)) return
    const isSlider = target === player.slider
    const does = {
      " ": () => player.toggle(),
      ArrowRight: () => player.go(player.place + 1),
      ArrowLeft: () => player.go(player.place - 1),
      Home: () => player.go(0),
      End: () => player.go(player.last),
    }[event.key]
    if (!does || target.closest("select")) return
    if (event.key === " " ? target.closest("button, label, summary") : isSlider) return
    event.preventDefault()
    does()
  }

  remove() {
    document.removeEventListener("keydown", this.listen)
  }
}
