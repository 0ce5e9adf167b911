// A number, typed: right if it is near enough.

import { make } from "./make.js"

export function number({ body, data, given, give, problem }) {
  const box = make("input", {
    type: "text",
    inputMode: "decimal",
    autocomplete: "off",
    size: 8,
    "aria-label": data.unit ? `Your answer in ${data.unit}` : "Your answer",
  })
  const button = make("button", { type: "submit", className: "show" }, "Answer")
  const form = make("form", {}, box, data.unit, button)
  form.onsubmit = (event) => {
    event.preventDefault()
    const typed = Number(box.value.trim().replace(",", ".").replace("−", "-"))
    if (box.value.trim() === "" || !Number.isFinite(typed)) problem("Type a number, such as 0.25.")
    else give(typed)
  }
  body.append(form)
  if (Number.isFinite(given)) box.value = String(given)

  return {
    show(typed) {
      if (typed !== undefined) box.value = String(typed)
      box.disabled = button.disabled = true
    },
    said(typed) {
      const it = `it is ${data.written}${data.unit && ` ${data.unit}`}.`
      if (typed === undefined) return it.replace("it", "It")
      return `${isRight(data, typed) ? "Right" : "Not so"}: ${it}`
    },
  }
}

export function isRight(data, given) {
  return data.kind === "choose" ? given === data.right : Math.abs(given - data.right) <= data.within + 1e-9
}
