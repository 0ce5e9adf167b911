// A link to a page of the app leads there in the way in which this page is shown. One that opens a tab leaves the frame.

export default function ({ data }) {
  if (window.seqflipAddress) return
  window.seqflipAddress = true
  document.addEventListener("click", (event) => follow(event, data.own), true)
}

function follow(event, own) {
  const link = event.composedPath().find((one) => one.tagName === "A" && one.href)
  if (!link || link.target === "_blank" || link.download || event.ctrlKey || event.metaKey || event.shiftKey) return
  const address = new URL(link.href)
  if (!address.href.startsWith(new URL(".", document.baseURI).href)) return
  const here = [...new URLSearchParams(location.search)].filter(([name]) => own.includes(name))
  for (const [name] of here) address.searchParams.delete(name)
  for (const [name, value] of here) address.searchParams.append(name, value)
  if (here.length) link.href = address
  if (address.pathname === location.pathname && link.matches('[data-testid="stPageLink-NavLink"]')) goWithin(event, address)
}

// Streamlit tells a page nothing of a link that leads from it to itself; as if gone back to, the address is followed.
function goWithin(event, address) {
  event.preventDefault()
  event.stopPropagation()
  history.pushState({}, "", address)
  dispatchEvent(new PopStateEvent("popstate", { state: {} }))
}
