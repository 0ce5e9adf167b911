// A number, typed: right if it is near enough.

import { make } from "./make.js"

export function number({ body, data, kept, tell, settle }) {
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
    const given = Number(box.value.trim().replace(",", ".").replace("−", "-"))
    if (box.value.trim() === "" || !Number.isFinite(given)) {
      settle(false, "Type a number, such as 0.25.")
      return
    }
    show(given)
    tell(given, true, said(given))
  }
  body.append(form)

  const said = (given) => {
    const right = Math.abs(given - data.right) <= data.within + 1e-9
    return `${right ? "Right" : "Not so"}: it is ${data.written}${data.unit && ` ${data.unit}`}.`
  }
  const show = (given) => {
    box.value = String(given)
    box.disabled = button.disabled = true
  }
  if (kept?.done && Number.isFinite(kept.given)) {
    show(kept.given)
    settle(true, said(kept.given))
  }
}

export function isRight(data, given) {
  return data.kind === "choose" ? given === data.right : Math.abs(given - data.right) <= data.within + 1e-9
}
