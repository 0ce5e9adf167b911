// The kinds of question: how each is drawn, and what of it a class is told (seqflip/server/class_questions.py).

import { choose } from "./choose.js"
import { number } from "./number.js"
import { paint } from "./paint.js"

export const KINDS = { choose, paint, number }

const FIELDS = {
  choose: ["answers", "right"],
  paint: ["inputs", "outputs", "rows", "weights"],
  number: ["right", "within", "unit", "written"],
}

export function forClass(question) {
  const names = ["kind", "text", "key", ...FIELDS[question.kind]]
  return Object.fromEntries(names.map((name) => [name, question[name]]))
}
