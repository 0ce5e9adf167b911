// One of several answers: a press on it is the answer.

import { make } from "./make.js"

export function choose({ body, data, kept, tell, settle }) {
  const buttons = data.answers.map((text, i) =>
    make("button", { type: "button", className: "choice", onclick: () => answer(i) }, make("span", {}, text)),
  )
  body.append(make("div", { role: "group", className: "choices", "aria-label": "Answers" }, ...buttons))

  const answer = (given) => {
    show(given)
    tell(given, true, said(given))
  }
  const said = (given) => (given === data.right ? "Right." : `Not so. It is: ${data.answers[data.right]}`)
  const show = (given) => {
    buttons.forEach((button, i) => {
      button.disabled = true
      button.classList.toggle("right", i === data.right)
      button.classList.toggle("given", i === given)
      const sign = i === data.right ? "✓" : i === given ? "✗" : ""
      button.append(make("b", { "aria-hidden": "true" }, sign))
    })
  }
  if (kept?.done && data.answers[kept.given] !== undefined) {
    show(kept.given)
    settle(true, said(kept.given))
  }
}
