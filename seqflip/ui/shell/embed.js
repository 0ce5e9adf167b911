// The link out of a frame leads to what is seen at that moment.

export default function ({ parentElement, data }) {
  const link = parentElement.querySelector(".seqflip-out")
  const renew = () => (link.href = unframed(data.frame))
  for (const kind of ["pointerenter", "focus", "click", "contextmenu"]) link.addEventListener(kind, renew)
  renew()
}

function unframed(own) {
  const address = new URL(location.href)
  for (const name of own) address.searchParams.delete(name)
  return address
}
