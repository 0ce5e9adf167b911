// What the bar and the dialog are made of.

import { make } from "./make.js"

export function button(label, press) {
  return make("button", press ? { type: "button", onclick: press } : { type: "submit" }, label)
}

export function field(label, most) {
  return make("label", {}, label, make("input", { maxLength: most, required: true }))
}

// What went wrong last, if anything did.
export function problem(room) {
  return make("span", { className: "problem", role: "alert", hidden: !room.problem }, room.problem)
}

// A code as people read it to each other.
export function spaced(code) {
  return `${code.slice(0, 4)} ${code.slice(4)}`
}
