// Where a page is, from the app's own address on; and the addresses of the server for a class.

let own = [] // parameters that are a matter of each browser: see shell/address.py

export function ownAre(names) {
  own = names
}

export function appRoot() {
  return new URL(".", document.baseURI)
}

// The page and what it shows, and of Attend what is being typed, which comes into the address bar a moment later.
export function address() {
  const path = location.pathname.slice(appRoot().pathname.length)
  const params = new URLSearchParams(parametersOf(location))
  const typed = typing()?.value
  if (typed && params.has("source")) params.set("source", typed)
  return params.size ? `${path}?${params}` : path
}

// The box of a sequence, if the page has one.
export function typing() {
  return document.querySelector(".st-key-attend_source :is(input, textarea)")
}

// What an address shows, without what is a matter of each browser.
export function parametersOf(url) {
  return [...new URLSearchParams(url.search)].filter(([name]) => !own.includes(name))
}

export function ownParameters() {
  return [...new URLSearchParams(location.search)].filter(([name]) => own.includes(name))
}

export function classUrl(rest = "") {
  return new URL(`live/class${rest}`, document.baseURI)
}
