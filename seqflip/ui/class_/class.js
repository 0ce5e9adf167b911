// A class: the server keeps it in memory; the browser remembers for this tab alone that one is in it. All that others
// wrote becomes text, never HTML.

import { know } from "./address.js"
import { Bar } from "./bar.js"
import { drawBrought } from "./brought.js"
import { Dialog } from "./dialog.js"
import { Room } from "./room.js"

export function draw({ parentElement, data }) {
  const root = parentElement.querySelector(".seqflip-class")
  know(data.own)
  const isNew = !globalThis.seqflipClass
  globalThis.seqflipClass ??= new Class()
  globalThis.seqflipClass.move(root, data)
  if (isNew) dispatchEvent(new Event("seqflip-class"))
}

class Class {
  room = new Room(() => this.draw())
  dialog = new Dialog(this.room)
  bar = new Bar(this.room, () => this.open())

  // Each page has a place for it.
  move(root, { join, colours }) {
    if (join && join !== this.linked) {
      this.linked = join
      this.room.join(join)
    }
    this.colours = colours
    this.bar.move(root.querySelector("aside"), colours)
    this.dialog.move(root.querySelector("dialog"), colours)
  }

  // The button of the toolbar, and that of the bar.
  open() {
    this.dialog.open()
  }

  // An answer that was given on the page: see room.js.
  give(brought, given) {
    return this.room.give(brought, given)
  }

  draw() {
    this.bar.draw()
    this.dialog.renew()
    drawBrought(this.room, this.colours)
  }
}
