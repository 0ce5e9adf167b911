// One of several answers: a press on it is the answer.

import { make } from "./make.js"

export function choose({ body, data, given, give }) {
  const buttons = data.answers.map((text, i) => make("button", { type: "button", className: "choice", onclick: () => answer(i) }, make("span", {}, text)))
  body.append(make("div", { role: "group", className: "choices", "aria-label": "Answers" }, ...buttons))

  const answer = (i) => {
    choose(i)
    give(i)
  }
  const choose = (chosen) => {
    buttons.forEach((button, i) => {
      button.classList.toggle("given", i === chosen)
      button.setAttribute("aria-pressed", i === chosen)
    })
  }
  choose(given)
  return {
    show(chosen) {
      choose(chosen)
      buttons.forEach((button, i) => {
        button.disabled = true
        button.classList.toggle("right", i === data.right)
        const sign = i === data.right ? "✓" : i === chosen && data.right !== null ? "✗" : ""
        button.append(make("b", { "aria-hidden": "true" }, sign))
      })
    },
    said(chosen) {
      if (data.right === null) return ""
      if (chosen === undefined) return `It is: ${data.answers[data.right]}`
      return chosen === data.right ? "Right." : `Not so. It is: ${data.answers[data.right]}`
    },
  }
}
