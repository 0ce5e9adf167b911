// Many questions, one at a time; in the end, what to look at again.

import { choose } from "./choose.js"
import { goesWithinBy } from "./go.js"
import { make } from "./make.js"
import { isRight, number } from "./number.js"
import { pose } from "./pose.js"

const KINDS = { choose, number }

export function quiz({ root, body, data, key, given: before, note, answered, told }) {
  const { questions } = data
  const given = before?.length === questions.length ? [...before] : questions.map(() => null)
  let at = given.findIndex((one) => one === null)

  const place = make("span", { className: "place" })
  const text = make("p", { className: "ask" })
  const inner = make("div", { className: "one" })
  const verdict = make("p", { className: "told", role: "status" })
  const because = make("p", { className: "because" })
  const [back, on] = [-1, 1].map((by) => make("button", { type: "button", onclick: () => step(by) }))
  back.append("← Before")
  back.ariaLabel = "Question before"
  body.append(make("p", { className: "turn" }, back, place, on), text, inner, verdict, because)

  const step = (by) => {
    const to = at + by
    if (to < 0 || to > questions.length || (to === questions.length && given.includes(null))) return false
    at = to
    show()
    return true
  }
  goesWithinBy((by) => at < questions.length && step(by))

  const show = () => {
    inner.replaceChildren()
    because.replaceChildren()
    verdict.textContent = ""
    if (at < 0 || at === questions.length) return showEnd()
    const one = questions[at]
    text.textContent = one.ask
    back.disabled = at === 0
    on.hidden = false
    on.textContent = at === questions.length - 1 ? "Result →" : "Next →"
    on.ariaLabel = at === questions.length - 1 ? "Result" : "Next question"
    close()
    pose({
      kind: KINDS[one.kind],
      root,
      body: inner,
      data: one,
      question: { ...one, key: `${key} ${at + 1}`, text: one.ask },
      given: given[at] ?? undefined,
      done: given[at] !== null,
      note: () => {}, // it is kept when all are shown what is right
      answered(value) {
        given[at] = value
        note([...given])
        close()
        if (root.contains(document.activeElement)) on.focus({ preventScroll: true })
      },
      told(text, done) {
        verdict.textContent = text
        if (!done) return
        because.replaceChildren(one.because)
        if (one.see) because.append(" ", make("a", { href: one.see.href, target: "_blank", rel: "noopener" }, `${one.see.label} ↗`))
      },
    })
  }

  // The result comes when there is nothing left to answer.
  const close = () => {
    const open = given.flatMap((one, i) => (one === null ? [i + 1] : []))
    const last = at === questions.length - 1
    on.disabled = last && open.length > 0
    place.textContent = `Question ${at + 1} of ${questions.length}`
    if (last && open.some((one) => one !== at + 1)) place.textContent += ` · not answered yet: ${open.join(", ")}`
  }

  const showEnd = () => {
    at = questions.length
    globalThis.seqflipBrought = undefined
    const wrong = questions.filter((one, i) => !isRight(one, given[i]))
    place.textContent = "Result"
    text.textContent = `${questions.length - wrong.length} of ${questions.length} right.`
    back.disabled = false
    on.hidden = true
    const often = new Map()
    for (const one of wrong) often.set(one.again, [...(often.get(one.again) ?? []), questions.indexOf(one) + 1])
    const items = [...often].map(([name, numbers]) => {
      const stop = data.stops[name]
      return make("li", {}, make("a", { href: stop.href }, stop.title), `: question${numbers.length > 1 ? "s" : ""} ${numbers.join(", ")}`)
    })
    if (items.length) inner.append(make("p", {}, "Look again at:"), make("ul", {}, ...items))
    told("", true)
    answered([...given])
  }
  show()
}
