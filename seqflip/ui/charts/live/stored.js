// Plays a stored training in the parts of the page, as a feed would renew them, until somebody does something.

import { renew } from "./feed.js"

const SECONDS = 0.2 // for each frame
const players = new WeakMap()

export function draw({ parentElement, data }) {
  if (players.get(parentElement)?.url === data.url) return
  const player = new Player(parentElement.firstElementChild, data.url)
  players.set(parentElement, player)
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) player.play()
}

class Player {
  constructor(node, url) {
    Object.assign(this, { node, url })
    const touched = new AbortController()
    const stop = () => {
      this.stopped = true
      touched.abort()
    }
    for (const kind of ["pointerdown", "keydown"]) {
      window.addEventListener(kind, stop, { capture: true, signal: touched.signal })
    }
  }

  async play() {
    const answer = await fetch(new URL(this.url, document.baseURI))
    if (!answer.ok) return // then the picture stays as it is
    for (const frame of await answer.json()) {
      if (this.stopped || !this.node.isConnected) return
      renew(this.url, frame)
      await new Promise((resolve) => setTimeout(resolve, 1000 * SECONDS))
    }
  }
}
