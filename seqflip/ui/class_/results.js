// What a class answered, taken together.

import { grid } from "./grid.js"
import { make } from "./make.js"
import { percent } from "./paint.js"

const KINDS = { choose, paint, number }

// Returns what there is to be seen: nothing before it was told. `beside` says that what is right stands there already.
export function results(question, colours, beside = false) {
  if (!question.result) return []
  return KINDS[question.kind](question, colours, beside)
}

function choose({ answers, answered, result, solution }) {
  const items = answers.map((text, i) => {
    const item = make("li", {}, text, make("span", {}, ` ${result.tally[i]}${solution?.right === i ? " ✓" : ""}`))
    item.style.setProperty("--share", (answered ? result.tally[i] / answered : 0).toFixed(3))
    return item
  })
  return [make("ul", { className: "seqflip-tally" }, ...items)]
}

function paint(question, colours, beside) {
  const { answered, result, solution } = question
  const grids = [grid(`The class: ${answered === 1 ? "1 painting" : `mean of ${answered}`}`, question, result.mean, colours)]
  if (solution && !beside) grids.push(grid("The model’s attention", question, solution.weights, colours))
  const held = solution && answered ? `On average, what was painted holds ${percent(result.held)} of its attention. ` : ""
  return [
    make("div", { className: "seqflip-grids" }, ...grids),
    make("p", { className: "hint" }, `${held}Each row of a painting is shared out over what was painted in it.`),
  ]
}

function number({ answered, result, solution, unit }) {
  if (!answered) return []
  const middle = `The middle of ${answered} ${answered === 1 ? "answer" : "answers"} is ${rounded(result.median)}${unit && ` ${unit}`}.`
  return [make("p", {}, solution ? `${middle} ${result.close} near enough to ${solution.written}.` : middle)]
}

function rounded(x) {
  return String(Number(x.toPrecision(4))).replace("-", "−")
}
