// Renews the parts of a page with every keystroke in a text box, from the server itself.
//
// Streamlit takes up what was typed when the fingers rest. Whatever lies between here and the server may let only
// Streamlit through: then it is told, and takes up every keystroke as it can.

import { partOf, renew } from "./feed.js"

let current

export function draw({ parentElement, data, setStateValue }) {
  current = { node: parentElement, data, setStateValue }
  if (globalThis.seqflipTyping) globalThis.removeEventListener("input", globalThis.seqflipTyping, true)
  globalThis.seqflipTyping = onInput
  globalThis.addEventListener("input", onInput, true)
}

function onInput({ target }) {
  if (!current.node.isConnected || !target.closest?.(`.st-key-${current.data.box}`)) return
  ask(target.value)
}

async function ask(text) {
  const { data, setStateValue } = current
  current.request?.abort()
  const request = (current.request = new AbortController())
  const address = new URL(data.url, document.baseURI)
  const told = partOf(data.chart, data.url)?.told ?? 0
  for (const [name, value] of Object.entries({ ...data.link, source: text, told })) address.searchParams.set(name, value)
  try {
    const answer = await fetch(address, { cache: "no-store", signal: request.signal })
    if (!answer.ok) throw new Error(answer.statusText)
    const { parts } = await answer.json()
    if (current.request === request) renew(data.url, parts)
  } catch (error) {
    if (error.name !== "AbortError") setStateValue("blocked", true)
  }
}
