// What a class answered, taken together.

import { grid } from "./grid.js"
import { make } from "./make.js"
import { percent } from "./paint.js"

const KINDS = { choose, paint, number }

// Returns what there is to be seen: nothing before it was told.
export function results(question, colours) {
  if (!question.result) return []
  return KINDS[question.kind](question, colours)
}

function choose({ answers, answered, result, solution }) {
  const items = answers.map((text, i) => {
    const item = make("li", {}, text, make("span", {}, ` ${result.tally[i]}${solution?.right === i ? " ✓" : ""}`))
    item.style.setProperty("--share", (answered ? result.tally[i] / answered : 0).toFixed(3))
    return item
  })
  return [make("ul", { className: "tally" }, ...items)]
}

function paint(question, colours) {
  const { answered, result, solution } = question
  const paintings = answered === 1 ? "1 painting" : `the mean of ${answered} paintings`
  const nodes = [grid(`The class: ${paintings}, each row shared out over what was painted in it`, question, result.mean, colours)]
  if (!solution) return nodes
  nodes.push(grid("The model: its attention weights", question, solution.weights, colours))
  if (answered) nodes.push(make("p", {}, `On average, what was painted holds ${percent(result.held)} of its attention.`))
  return nodes
}

function number({ answered, result, solution, unit }) {
  if (!answered) return []
  const middle = `The middle of ${answered} ${answered === 1 ? "answer" : "answers"} is ${rounded(result.median)}${unit && ` ${unit}`}.`
  return [make("p", {}, solution ? `${middle} ${result.close} near enough to ${solution.written}.` : middle)]
}

function rounded(x) {
  return String(Number(x.toPrecision(4))).replace("-", "−")
}
