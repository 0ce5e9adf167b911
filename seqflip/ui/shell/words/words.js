// Every word of the field opens its definition at a press, and the list of all is opened by its button or by ?.
//
// The words are underlined as highlights, which are ranges over the text that is there: the page's own elements are not
// touched. What changes all the time, as numbers of a running training do, is underlined when it has come to rest; a press
// finds a word anywhere, as it looks for it only then.

const HIGHLIGHT = "seqflip-words"
const REST = 1000 // milliseconds
const BLOCK = '[data-testid="stElementContainer"]'
const PAGE = '[data-testid="stMain"], [data-testid="stSidebar"]'
const OWN = ".seqflip-words, .seqflip-word, .seqflip-open-words"
const NO_PROSE = "style, script, svg, canvas, code, pre, kbd, bdi, td:not(.wide), .plot"
const OPERATED = "a, button, label, summary, input, textarea, select, [contenteditable], [role=button], [role=tab], [role=radio], [role=option], [role=application]"
const NO_WORDS = `${NO_PROSE}, ${OPERATED}`

export default function ({ parentElement, data }) {
  window.seqflipWords ??= new Words(data)
  window.seqflipWords.stand(parentElement)
}

class Words {
  constructor({ pattern, forms, words }) {
    this.pattern = new RegExp(pattern, "g")
    this.forms = forms
    this.words = words
    this.underlines = new Underlines(this)
    document.addEventListener("click", (event) => this.press(event))
    document.addEventListener("pointermove", (event) => this.point(event), { passive: true })
  }

  // A page brings places of its own for the definition and for the list.
  stand(place) {
    if (place === this.place) return
    this.place = place
    this.popover = place.querySelector(".seqflip-word")
    this.list = new List(this, place.querySelector(".seqflip-words"))
    place.querySelector(".seqflip-open-words").onclick = () => this.open()
    this.underlines.follow()
  }

  open() {
    this.list.open()
  }

  *in(text) {
    for (const { 0: form, index } of text.matchAll(this.pattern)) {
      const name = this.forms[form.toLowerCase()]
      if (name) yield { name, start: index, end: index + form.length }
    }
  }

  press(event) {
    if (event.defaultPrevented || !getSelection().isCollapsed) return
    const found = this.at(event)
    if (found) this.show(found)
  }

  // Over a word the pointer says that there is something to learn.
  point(event) {
    if (event.pointerType !== "mouse" || this.pointed) return
    this.pointed = requestAnimationFrame(() => {
      this.pointed = 0
      document.documentElement.classList.toggle("seqflip-on-word", event.buttons === 0 && Boolean(this.at(event)))
    })
  }

  at({ target, clientX: x, clientY: y }) {
    if (!target.closest?.(PAGE) || target.closest(`${NO_WORDS}, .seqflip-words`)) return null
    if (getComputedStyle(target).cursor === "pointer") return null
    const { node, offset } = caretAt(x, y)
    if (node?.nodeType !== Node.TEXT_NODE || !target.contains(node)) return null
    for (const { name, start, end } of this.in(node.data)) {
      if (offset < start || offset > end) continue
      const box = [...rangeOf(node, start, end).getClientRects()].find((one) => holds(one, x, y))
      if (box) return { name, box, inside: this.popover.contains(node) }
    }
    return null
  }

  show({ name, box, inside }) {
    const { popover } = this
    popover.setAttribute("aria-label", name)
    popover.replaceChildren(made("h2", name), ...definition(this.words[name]))
    if (inside) return
    popover.showPopover()
    const { width, height } = popover.getBoundingClientRect()
    const below = box.bottom + height + 16 < innerHeight
    popover.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`
    popover.style.top = `${Math.max(8, below ? box.bottom + 6 : box.top - height - 6)}px`
    popover.focus({ preventScroll: true })
  }
}

// The dotted lines: the first time that a word occurs in a block.
class Underlines {
  ranges = new Map() // by block
  changed = new Map() // when a block last changed

  constructor(words) {
    this.words = words
    this.highlight = globalThis.Highlight && new Highlight()
  }

  follow() {
    if (!this.highlight) return // the browser has none; the words open all the same
    CSS.highlights.set(HIGHLIGHT, this.highlight)
    this.note(document.querySelectorAll(BLOCK))
    if (this.observer) return
    this.observer = new MutationObserver((records) => this.see(records))
    this.observer.observe(document.getElementById("root"), { subtree: true, childList: true, characterData: true })
  }

  see(records) {
    const blocks = new Set()
    for (const { target, addedNodes } of records) {
      const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target
      if (!element || element instanceof SVGElement) continue
      const block = element.closest(BLOCK)
      if (block) blocks.add(block)
      else for (const node of addedNodes) node.querySelectorAll?.(BLOCK).forEach((one) => blocks.add(one))
      for (const node of block ? [] : addedNodes) if (node.matches?.(BLOCK)) blocks.add(node)
    }
    if (blocks.size) this.note(blocks)
  }

  note(blocks) {
    const now = performance.now()
    for (const block of blocks) this.changed.set(block, now)
    this.timer ??= setTimeout(() => this.renew(), REST)
  }

  renew() {
    this.timer = undefined
    const rested = performance.now() - REST
    for (const [block, when] of this.changed) {
      if (when > rested && block.isConnected) continue
      this.changed.delete(block)
      this.underline(block)
    }
    for (const block of this.ranges.keys()) if (!block.isConnected) this.underline(block)
    if (this.changed.size) this.timer = setTimeout(() => this.renew(), REST / 5)
  }

  underline(block) {
    this.ranges.get(block)?.forEach((range) => this.highlight.delete(range))
    this.ranges.delete(block)
    if (!block.isConnected || !block.closest(PAGE)) return
    const found = new Map()
    for (const node of texts(block, `${NO_WORDS}, ${OWN}, .hidden`)) {
      for (const { name, start, end } of this.words.in(node.data)) {
        if (!found.has(name)) found.set(name, rangeOf(node, start, end))
      }
    }
    if (!found.size) return
    this.ranges.set(block, found)
    found.forEach((range) => this.highlight.add(range))
  }
}

// All words, those of this page first.
class List {
  constructor(words, dialog) {
    this.words = words
    this.dialog = dialog
    this.find = dialog.querySelector("input")
    this.status = dialog.querySelector("[role=status]")
    this.find.oninput = () => this.filter()
    this.find.onkeydown = (event) => {
      if (event.key === "Enter") this.dialog.querySelector("details:not([hidden]) summary")?.focus()
    }
    dialog.querySelector(".close").onclick = () => dialog.close()
    dialog.onclick = ({ target }) => {
      if (target === dialog) dialog.close()
    }
    dialog.onkeydown = (event) => event.stopPropagation() // the page's keys are not meant
  }

  open() {
    if (this.dialog.open) return
    const here = this.onPage()
    const names = Object.keys(this.words.words).sort((a, b) => a.localeCompare(b, "en"))
    const parts = [
      ["On this page", names.filter((name) => here.has(name))],
      ["All others", names.filter((name) => !here.has(name))],
    ].map(([title, some]) => {
      const part = made("section")
      part.append(made("h3", title), ...some.map((name) => this.entry(name)))
      return part
    })
    this.dialog.querySelector(".list").replaceChildren(...parts)
    this.find.value = ""
    this.filter()
    this.dialog.showModal()
    // A keyboard that slides in would cover what a finger came for.
    if (matchMedia("(pointer: coarse)").matches) this.dialog.querySelector(".close").focus()
    else this.find.focus()
  }

  onPage() {
    const found = new Set()
    for (const page of document.querySelectorAll(PAGE)) {
      for (const node of texts(page, `style, script, ${OWN}`)) {
        for (const { name } of this.words.in(node.data)) found.add(name)
      }
    }
    return found
  }

  entry(name) {
    const entry = made("details")
    entry.append(made("summary", name), ...definition(this.words.words[name]))
    entry.dataset.forms = Object.keys(this.words.forms).filter((form) => this.words.forms[form] === name).join("\n")
    return entry
  }

  filter() {
    const wanted = this.find.value.trim().toLowerCase()
    const entries = [...this.dialog.querySelectorAll("details")]
    for (const entry of entries) entry.hidden = !entry.dataset.forms.includes(wanted)
    for (const part of this.dialog.querySelectorAll("section")) part.hidden = !part.querySelector("details:not([hidden])")
    const left = entries.filter((entry) => !entry.hidden)
    for (const entry of entries) entry.open = wanted !== "" && entry === left[0] && left.length === 1
    this.status.textContent = wanted && (left.length === 1 ? "1 word" : `${left.length || "no"} words`)
  }
}

function definition({ means, formula, see, at }) {
  const parts = [made("p", means)]
  if (formula) parts.push(Object.assign(made("p", formula), { className: "formula" }))
  if (at) {
    const link = Object.assign(made("a", see), { href: new URL(at, document.baseURI) })
    const line = made("p")
    line.append(link)
    parts.push(line)
  }
  return parts
}

function* texts(root, without) {
  const accept = (node) =>
    node.nodeType === Node.TEXT_NODE
      ? NodeFilter.FILTER_ACCEPT
      : node.matches(without)
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_SKIP
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, accept)
  while (walker.nextNode()) yield walker.currentNode
}

function caretAt(x, y) {
  const caret = document.caretPositionFromPoint?.(x, y)
  if (caret) return { node: caret.offsetNode, offset: caret.offset }
  const range = document.caretRangeFromPoint?.(x, y)
  return { node: range?.startContainer, offset: range?.startOffset }
}

function rangeOf(node, start, end) {
  const range = new Range()
  range.setStart(node, start)
  range.setEnd(node, end)
  return range
}

function holds({ left, right, top, bottom }, x, y) {
  return left <= x && x <= right && top <= y && y <= bottom
}

function made(tag, text = "") {
  return Object.assign(document.createElement(tag), { textContent: text })
}
