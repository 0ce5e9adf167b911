// Going on and back: by the arrow keys, through what is asked, and by the button behind an answer.

let whole = null // goes so many stops on
let within = null // what is asked may have places of its own: says whether it went there
const TAKEN = "input, textarea, select, [contenteditable], [role=grid], [role=slider], [role=listbox], [role=dialog], [role=radiogroup], .plot"

export function goesBy(step) {
  whole = step
}

export function goesWithinBy(step) {
  within = step
}

function go(by) {
  if (!within?.(by)) whole?.(by)
}

export function goToStop(by) {
  whole?.(by)
}

document.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  const here = document.querySelector(".seqflip-path")
  if (!by || !here || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  if (event.target.closest?.(TAKEN)) return
  event.preventDefault()
  go(by)
})

// What is said with an answer shows only behind it; the style sheet hides it until then.
export function showAnswer(is) {
  document.documentElement.classList.toggle("seqflip-answered", is)
}

addEventListener("popstate", () => showAnswer(false))
