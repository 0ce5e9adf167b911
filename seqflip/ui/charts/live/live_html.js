// A piece of HTML that a feed renews without Streamlit.

import { renewedByFeed } from "./feed.js"

const pieces = new WeakMap()

export function draw({ parentElement, data, again }) {
  if (again) return
  let piece = pieces.get(parentElement)
  if (!piece) {
    piece = new Piece(parentElement.querySelector(".seqflip-live"))
    pieces.set(parentElement, piece)
  }
  renewedByFeed(data.key, piece, data.feed)
  piece.show(data)
}

class Piece {
  had = {}

  constructor(node) {
    this.node = node
  }

  show({ html }) {
    if (html === this.html) return
    this.html = html
    this.node.innerHTML = html
  }
}
