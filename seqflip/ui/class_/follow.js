// Where the lecturer goes: told by the lecturer's page, and gone to by all who follow.

import { address, appRoot, ownParameters, parametersOf, typing } from "./address.js"

const [REST, SPREAD] = [0.25, 0.6] // seconds that an address rests before it is told; that followers move on apart

// Tells where this page is as soon as that has changed and rests: who is still typing leads nobody yet.
export class Whereabouts {
  // Returns the address, if it is to be told now.
  next() {
    const [here, now] = [address(), performance.now()]
    if (here !== this.here) Object.assign(this, { here, since: now })
    if (here === this.told || (this.told !== undefined && now - this.since < 1000 * REST)) return undefined
    this.told = here
    return here
  }
}

// Go to an address, without loading a page anew. A sequence that was typed is typed here too, as the server answers it
// once for all; everything else is told to Streamlit as a step in the browser's history, of which only pages leave one.
export function goTo(wanted) {
  if (wanted === address()) return
  const url = new URL(wanted, appRoot())
  const box = typing()
  if (box && differsIn("source", url)) return type(box, url.searchParams.get("source"))
  for (const [name, value] of ownParameters()) url.searchParams.append(name, value)
  setTimeout(() => {
    if (url.pathname === location.pathname) history.replaceState(null, "", url)
    else history.pushState(null, "", url)
    dispatchEvent(new PopStateEvent("popstate", { state: null }))
  }, 1000 * SPREAD * Math.random())
}

// Whether this page shows all that is wanted but for one parameter.
function differsIn(name, url) {
  const rest = (one) => JSON.stringify(parametersOf(one).filter(([key]) => key !== name).sort())
  return url.searchParams.has(name) && url.pathname === location.pathname && rest(url) === rest(location)
}

// React learns of a value only if it is set behind its back.
function type(box, text) {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set.call(box, text)
  box.dispatchEvent(new InputEvent("input", { bubbles: true }))
}
