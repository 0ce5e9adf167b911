// The link out of a frame leads to what is seen at that moment.

export default function ({ parentElement }) {
  const link = parentElement.querySelector(".seqflip-out")
  const renew = () => (link.href = outside())
  for (const kind of ["pointerenter", "focus", "click", "contextmenu"]) link.addEventListener(kind, renew)
  renew()
}

function outside() {
  const address = new URL(location.href)
  for (const name of ["embed", "embed_options"]) address.searchParams.delete(name)
  return address
}
