// What a class answers to the question that stands on this page, beside that question.

import { make } from "./make.js"
import { button } from "./parts.js"
import { results } from "./results.js"

export function drawBrought(room, colours) {
  const { brought, question } = room
  if (!brought) return
  const here = room.asksHere && (room.leads || room.in.follows)
  const { root } = brought
  root.classList.toggle("held", here && !room.leads && !question.revealed)
  const place = root.querySelector(".of-class")
  const seen = here ? room.told.version : ""
  if (place.dataset.seen === seen) return
  place.dataset.seen = seen
  place.replaceChildren(...(here ? shown(room, question, colours) : []))
}

function shown(room, question, colours) {
  if (question.revealed) return results(question, colours, true)
  if (!room.leads) return []
  const said = make("span", { role: "status" }, `Answered: ${question.answered} of ${room.told.present} in your class. `)
  return [said, button("Show all the answers", () => room.reveal())]
}
