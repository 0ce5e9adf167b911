"""Contrast of all text on a page by WCAG 2.2, where axe says that it cannot tell."""

from playwright.sync_api import Page

_LOW_CONTRAST = """() => {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = 1
  const pen = canvas.getContext("2d", { willReadFrequently: true })
  const known = new Map()
  const rgba = (colour) => {
    if (!known.has(colour)) {
      pen.clearRect(0, 0, 1, 1)
      pen.fillStyle = colour
      pen.fillRect(0, 0, 1, 1)
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data
      known.set(colour, [r, g, b, a / 255])
    }
    return known.get(colour)
  }
  const over = ([r, g, b, a], below) => [r, g, b].map((part, i) => a * part + (1 - a) * below[i])
  const ancestors = (element) => element ? [element, ...ancestors(element.parentElement)] : []
  const background = (path) =>
    path.map((one) => rgba(getComputedStyle(one).backgroundColor))
      .reduceRight((below, one) => over(one, below), [255, 255, 255])
  const luminance = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const unseen = "[aria-hidden=true], :disabled, [aria-disabled=true], .hidden, script, style, kbd"
  const found = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    const text = texts.currentNode.textContent.trim()
    if (!text || element.closest(unseen)) continue
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    if (box.width < 2 || box.height < 2 || style.visibility !== "visible") continue
    const path = ancestors(element)
    const shape = element.closest("svg") && element.previousElementSibling
    const shown = background(path)
    const below = shape?.matches("circle") ? over(rgba(getComputedStyle(shape).fill), shown) : shown
    const [r, g, b, a] = rgba(element.closest("svg") ? style.fill : style.color)
    const opacity = path.reduce((all, one) => all * Number(getComputedStyle(one).opacity), a)
    if (opacity === 0) continue
    const one = luminance(over([r, g, b, opacity], below)) + 0.05
    const other = luminance(below) + 0.05
    const contrast = Math.max(one / other, other / one)
    const size = parseFloat(style.fontSize)
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    if (contrast < (large ? 3 : 4.5)) {
      found.push(`${contrast.toFixed(2)}: ${text.slice(0, 30)}: ${element.outerHTML.slice(0, 50)}`)
    }
  }
  return found
}"""


def low_contrast(page: Page) -> list[str]:
    """Return each text that stands out too little from what is behind it, with its contrast."""
    found: list[str] = page.evaluate(_LOW_CONTRAST)
    return found
