// The address says what is seen. It is copied as a link, or as the frame that shows it in a page of one's own.

const SHOWN = 2500 // milliseconds
const HEIGHT = 600 // pixels: room for the main thing of every page; docs/embed.md

export default function ({ parentElement, data }) {
  const find = (selector) => parentElement.querySelector(selector)
  sayInAddress(data)
  find(".words").onclick = () => window.seqflipWords?.open()
  find(".present").onclick = () => window.seqflipPresent?.()
  find(".class").onclick = () => {
    const open = () => window.seqflipClass.open()
    if (window.seqflipClass) open()
    else addEventListener("seqflip-class", open, { once: true }) // its script is on its way
  }
  find(".copy").onclick = () => copy(find, view(data.frame), "Copied")
  find(".embed").onclick = () => copy(find, frame(data), "Code copied")
}

function sayInAddress({ search, own }) {
  const now = new URLSearchParams(location.search)
  const wanted = new URLSearchParams(search)
  for (const [name, value] of now) if (own.includes(name)) wanted.append(name, value)
  if (document.documentElement.classList.contains("seqflip-present")) wanted.set("present", "yes")
  now.sort()
  const sorted = new URLSearchParams(wanted)
  sorted.sort()
  if (`${now}` === `${sorted}`) return
  history.replaceState(history.state, "", `${location.pathname}?${wanted}`.replace(/\?$/, ""))
}

// Who gets a link wants all of the page, and not the frame in which it was copied.
function view(without) {
  const address = new URL(location.href)
  for (const name of without) address.searchParams.delete(name)
  return address
}

function frame({ own }) {
  const address = view(own)
  address.searchParams.append("embed", "true")
  const title = `SeqFlip: ${document.querySelector("h1")?.textContent.trim() ?? ""}`
  const attributes = { src: address, width: "100%", height: HEIGHT, title, loading: "lazy", allow: "clipboard-write; fullscreen", style: "border: 0" }
  const made = document.createElement("iframe")
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  return made.outerHTML
}

async function copy(find, text, done) {
  const said = find(".said")
  try {
    await navigator.clipboard.writeText(text)
    said.textContent = done
    setTimeout(() => (said.textContent = ""), SHOWN)
  } catch {
    const box = find(".by-hand textarea")
    box.value = text
    find(".by-hand").showPopover()
    box.select()
  }
}
