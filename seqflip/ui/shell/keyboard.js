// Single letters are keys on some pages, and on all of them F is the presentation and ? the list of words. Here they can be
// switched off, as speech input or a slip of the hand may press them unmeant (WCAG 2.1.4), and they work where a choice has
// the focus, which would open its list instead. And where numbers are typed, a decimal comma is a decimal point: the browser
// would drop it.

const OFF = "seqflip_letters_off"

export default function ({ parentElement }) {
  const box = parentElement.querySelector("input")
  box.checked = !areOff()
  box.onchange = () => switchLetters(box.checked)
  if (window.seqflipKeyboard) return
  window.seqflipKeyboard = true
  window.seqflipPresent = present
  if (new URLSearchParams(location.search).get("present") === "yes") present()
  window.addEventListener("keydown", onKey, true)
  window.addEventListener("paste", onPaste, true)
}

function areOff() {
  try {
    return localStorage.getItem(OFF) !== null
  } catch {
    return Boolean(window.seqflipLettersOff) // the browser keeps nothing for this page
  }
}

function switchLetters(on) {
  window.seqflipLettersOff = !on
  try {
    if (on) localStorage.removeItem(OFF)
    else localStorage.setItem(OFF, "yes")
  } catch {
    return
  }
}

// The presentation: no menu, and all half as large again. The address says so.
function present() {
  const on = document.documentElement.classList.toggle("seqflip-present")
  const address = new URL(location.href)
  if (on) address.searchParams.set("present", "yes")
  else address.searchParams.delete("present")
  history.replaceState(history.state, "", address)
  window.dispatchEvent(new Event("resize"))
}

function onKey(event) {
  const presenting = document.documentElement.classList.contains("seqflip-present")
  if (event.key === "Escape" && presenting && !document.querySelector("dialog[open], :popover-open")) present()
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !event.isTrusted) return
  if (event.key === "," && isDecimal(event.target)) {
    event.preventDefault()
    document.execCommand("insertText", false, ".")
  }
  if (!/^[a-z?]$/i.test(event.key)) return
  if (document.querySelector("dialog[open]")) {
    if (!isTyping(event.target)) event.stopImmediatePropagation() // the page behind it is not meant
    return
  }
  const choice = event.target.closest?.('[data-testid="stSelectbox"] input[aria-expanded="false"]')
  if (!choice && isTyping(event.target)) return
  if (!choice && !areOff() && event.key.toLowerCase() === "f") present()
  if (!choice && !areOff() && event.key === "?") {
    event.preventDefault() // it would be typed into the list's box
    window.seqflipWords?.open()
  }
  if (areOff()) {
    if (!choice) event.stopImmediatePropagation()
  } else if (choice && hasShortcut(event.key)) {
    event.stopImmediatePropagation()
    event.preventDefault()
    const { key, code, keyCode } = event
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, keyCode, bubbles: true, cancelable: true }))
  }
}

function onPaste(event) {
  const text = event.clipboardData?.getData("text").trim() ?? ""
  if (!isDecimal(event.target) || !/^[+-]?\d*,\d+$/.test(text)) return
  event.preventDefault()
  document.execCommand("insertText", false, text.replace(",", "."))
}

function isDecimal(target) {
  return target.matches?.('[data-testid="stNumberInput"] input') && target.step.includes(".")
}

function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, [contenteditable=true]"))
}

function hasShortcut(key) {
  const signs = [...document.querySelectorAll("button kbd")]
  return signs.some((sign) => sign.textContent.trim().toLowerCase() === key.toLowerCase())
}
