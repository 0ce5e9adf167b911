// The path: a dot for each stop, how far one is, and where one left off.

import { goesBy, showAnswer } from "./go.js"
import { answered, keepStop, lastStop, onChange } from "./kept.js"
import { make } from "./make.js"

const bars = new WeakMap()

export function draw({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".seqflip-path")
  const before = bars.get(root)
  before?.forget()
  const { stops, at } = data
  const moved = before !== undefined && before.at !== at

  const to = (place) => {
    if (place < 0 || place >= stops.length || place === at) return
    showAnswer(false)
    setTriggerValue("go", place + 1)
  }
  goesBy((by) => to(at + by))

  const show = () => {
    const dots = stops.map((stop, i) => {
      const done = answered(stop.id)
      const dot = make("a", { href: stop.href, className: done ? "done" : "", title: stop.title })
      if (i === at) dot.setAttribute("aria-current", "step")
      dot.setAttribute("aria-label", `Stop ${i + 1}: ${stop.title}${done ? ", answered" : ""}`)
      dot.onclick = (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        to(i)
      }
      return make("li", {}, dot)
    })
    root.querySelector("ol").replaceChildren(...dots)
  }
  show()
  bars.set(root, { at, forget: onChange(show) })

  const minutes = data.minutes ? ` · ${data.minutes} minute${data.minutes === 1 ? "" : "s"}` : ""
  const where = root.querySelector(".where")
  where.textContent = `${at + 1} of ${stops.length}${minutes}`
  where.append(make("span", { className: "hidden" }, `: ${stops[at].title}`))
  const [back, on] = [root.querySelector(".back"), root.querySelector(".on")]
  back.disabled = at === 0
  on.disabled = at === stops.length - 1
  back.onclick = () => to(at - 1)
  on.onclick = () => to(at + 1)
  const last = stops.findIndex((stop) => stop.id === lastStop())
  takeUp(root.querySelector(".taken-up"), moved ? -1 : last, at, to)
  if (at > 0 || moved) keepStop(stops[at].id) // who only arrives at the first stop has not left another
  return () => setTimeout(() => root.isConnected || bars.get(root)?.forget())
}

// Who comes back to the first stop is asked whether to go on where they left off.
function takeUp(button, last, at, to) {
  button.hidden = at > 0 || last < 1
  button.textContent = `Go on at stop ${last + 1}`
  button.onclick = () => to(last)
}
