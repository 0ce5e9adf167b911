// Where a page is, from the app's own address on; and the addresses of the server for a class.

const OWN = /^(class|present|embed.*)$/ // parameters that are a matter of each browser

export function appRoot() {
  return new URL(".", document.baseURI)
}

// The page and what it shows.
export function address() {
  const path = location.pathname.slice(appRoot().pathname.length)
  const params = parametersOf(location)
  return params.length ? `${path}?${new URLSearchParams(params)}` : path
}

// What an address shows, without what is a matter of each browser.
export function parametersOf(url) {
  return [...new URLSearchParams(url.search)].filter(([name]) => !OWN.test(name))
}

export function ownParameters() {
  return [...new URLSearchParams(location.search)].filter(([name]) => OWN.test(name))
}

export function classUrl(rest = "") {
  return new URL(`live/class${rest}`, document.baseURI)
}
