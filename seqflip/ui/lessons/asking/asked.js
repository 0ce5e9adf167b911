// A question: asked, answered, shown. What is given here stays in the browser, unless a class is asked.

import { choose } from "./choose.js"
import { goToStop, goesWithinBy, showAnswer } from "./go.js"
import { answerTo, keepAnswer } from "./kept.js"
import { number } from "./number.js"
import { paint } from "./paint.js"
import { pose } from "./pose.js"
import { quiz } from "./quiz.js"

const KINDS = { paint, choose, number }
const shown = new WeakMap()

export function draw({ parentElement, data }) {
  const root = parentElement.querySelector(".seqflip-asked")
  const id = `${data.id} ${data.version}`
  if (shown.get(root) !== id) {
    shown.set(root, id)
    ask(root, data, id)
  } else showAnswer(Boolean(answerTo(data.id, data.version)?.done))
  return () => setTimeout(() => root.isConnected || showAnswer(false))
}

function ask(root, data, key) {
  const { given, done = false } = answerTo(data.id, data.version) ?? {}
  const after = root.querySelector(".after")
  const verdict = root.querySelector(".verdict")

  const note = (given) => keepAnswer(data.id, data.version, { given, done: false })
  const answered = (given) => {
    keepAnswer(data.id, data.version, { given, done: true })
    if (root.contains(document.activeElement)) after.querySelector(data.last ? ".again" : ".on").focus({ preventScroll: true })
  }
  const told = (text, done) => {
    verdict.textContent = text
    after.classList.toggle("there", done)
    showAnswer(done)
  }
  goesWithinBy(null)
  told("", false)
  globalThis.seqflipBrought = undefined // of another stop
  const body = root.querySelector(".body")
  body.replaceChildren()
  body.className = `body ${data.kind}`
  const place = { root, body, data, given, done, note, answered, told }
  if (data.kind === "quiz") quiz({ ...place, key })
  else pose({ ...place, kind: KINDS[data.kind], question: { ...data, key } })
  after.querySelector(".on").hidden = data.last
  after.querySelector(".on").onclick = () => goToStop(1)
  after.querySelector(".again").onclick = () => {
    keepAnswer(data.id, data.version, null)
    ask(root, data, key)
    body.querySelector("button, input, [tabindex='0']")?.focus()
  }
}
