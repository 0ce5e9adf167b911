// A question: asked, answered, shown. What is given here stays in the browser.

import { choose } from "./choose.js"
import { goToStop, goesWithinBy, showAnswer } from "./go.js"
import { answerTo, keepAnswer } from "./kept.js"
import { number } from "./number.js"
import { paint } from "./paint.js"
import { quiz } from "./quiz.js"

const KINDS = { paint, choose, number, quiz }
const shown = new WeakMap()

export function draw({ parentElement, data }) {
  const root = parentElement.querySelector(".seqflip-asked")
  const id = `${data.id} ${data.version}`
  if (shown.get(root) !== id) {
    shown.set(root, id)
    ask(root, data)
  } else showAnswer(Boolean(answerTo(data.id, data.version)?.done))
  return () => setTimeout(() => root.isConnected || showAnswer(false))
}

function ask(root, data) {
  const kept = answerTo(data.id, data.version)
  const after = root.querySelector(".after")
  const verdict = root.querySelector(".verdict")

  // A kind tells what was given so far, whether that was all, and what is to be said of it.
  const tell = (given, done, told) => {
    keepAnswer(data.id, data.version, { given, done })
    settle(done, told)
    if (done) after.querySelector(data.last ? ".again" : ".on").focus({ preventScroll: true })
  }
  const settle = (done, told) => {
    verdict.textContent = told
    after.classList.toggle("there", done)
    showAnswer(done)
  }
  goesWithinBy(null)
  settle(false, "")
  const body = root.querySelector(".body")
  body.replaceChildren()
  body.className = `body ${data.kind}`
  KINDS[data.kind]({ body, data, kept, tell, settle })
  after.querySelector(".on").hidden = data.last
  after.querySelector(".on").onclick = () => goToStop(1)
  after.querySelector(".again").onclick = () => {
    keepAnswer(data.id, data.version, null)
    ask(root, data)
    body.querySelector("button, input, [tabindex='0']")?.focus()
  }
}
