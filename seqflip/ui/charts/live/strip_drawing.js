// Where everything of the drawn model stands, and how it looks.

const HEIGHT = 236
const [WRITTEN, STATE, ENCODER, TOKENS] = [20, 92, 186, 226] // the middle of each level, from the top
const BOX = { width: 150, height: 34 } // the decoder's state
const MOST_ARC = 11 // pixels: the thickness of a weight of 1
const SMALLEST = 12 // pixels: of letters that must fit
const TOP = 4 // of the likeliest tokens
const NAMESPACE = "http://www.w3.org/2000/svg"

export function drawStrip(paper, data, row, theme, on) {
  const width = paper.clientWidth
  paper.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`)
  const colours = { ink: theme.text, page: theme.background, line: theme.line, look: theme.pick(data.look) }
  const heads = (data.head_colours ?? []).map(theme.pick)
  const middle = width / 2
  const source = places(data.inputs.length, width)
  const cell = Math.min(30, (0.8 * width) / data.inputs.length)
  const seen = data.weights ? looks(data, row, source, middle, colours, heads, on) : oneVector(data, source, middle, colours)
  paper.replaceChildren(
    ...written(data, row, width, colours, on),
    ...seen,
    ...encoder(data, source, cell, colours, on),
    ...decoder(data, row, middle, colours, on),
    ...likely(data, row, middle, width, colours, on),
  )
  for (const level of [".output", ".input"]) {
    const tokens = paper.querySelectorAll(level)
    fit(tokens, between(tokens.length, width) - 5)
  }
  fit(paper.querySelectorAll(".name"), namesWidth(width) + 10)
}

// Long words are written smaller, and the longest are cut.
function fit(nodes, room) {
  for (const node of nodes) {
    const [whole, long] = [node.textContent, node.getComputedTextLength()]
    if (long <= room) continue
    const size = parseFloat(getComputedStyle(node).fontSize)
    const smaller = Math.max(SMALLEST, (size * room) / long)
    node.style.fontSize = `${smaller}px`
    const letters = [...new Intl.Segmenter().segment(whole)].map((one) => one.segment)
    const most = Math.floor((letters.length * room * size) / (long * smaller))
    if (most >= letters.length) continue
    node.textContent = `${letters.slice(0, Math.max(1, most - 1)).join("")}…`
    node.append(titled(whole))
  }
}

// The answer so far; what is still to come is paler.
function written(data, row, width, { ink }, on) {
  return places(data.outputs.length, width).map((x, t) => {
    const node = text(data.outputs[t], x, WRITTEN, { class: "output", opacity: t > row ? 0.66 : 1, fill: ink })
    if (t === row) node.classList.add("now")
    if (data.correct?.[t] === false) node.classList.add("wrong")
    node.addEventListener("pointerenter", () => on.row(t))
    node.addEventListener("click", () => on.row(t))
    return node
  })
}

// One arc an input, as thick as its weight; of several heads, one each.
function looks(data, row, source, middle, colours, heads, on) {
  const all = data.heads?.length ? data.heads : [data.weights]
  return all.flatMap((weights, head) =>
    weights[row].map((percent, j) => {
      const share = percent / 100
      const from = source[j] + (head - (all.length - 1) / 2) * 3
      const bend = (ENCODER + STATE) / 2
      const curve = `M${from} ${ENCODER - 16} C${from} ${bend} ${middle} ${bend} ${middle} ${STATE + BOX.height / 2}`
      const stroke = heads.length > 1 ? heads[head % heads.length] : colours.look
      const arc = made("path", { d: curve, fill: "none", stroke, "stroke-linecap": "round", class: "arc" })
      arc.setAttribute("stroke-width", Math.max(0.5, (MOST_ARC * share) / Math.sqrt(all.length)))
      arc.setAttribute("opacity", 0.12 + 0.78 * share)
      arc.append(titled(`weight ${share.toFixed(2)}`))
      arc.addEventListener("click", () => on.open("arcs"))
      return arc
    }),
  )
}

// Without attention, all goes through the encoder's last state.
function oneVector(data, source, middle, { ink }) {
  const from = source.at(-1)
  const curve = `M${from} ${ENCODER - 16} C${from} ${STATE + 50} ${middle} ${STATE + 60} ${middle} ${STATE + BOX.height / 2}`
  return [
    made("path", { d: curve, fill: "none", stroke: ink, "stroke-width": 3, opacity: 0.7 }),
    text("one vector, and no way back to the inputs", middle, STATE + 42, { class: "small", fill: ink }),
  ]
}

// The encoder's states, and how it reads on from one to the next.
function encoder(data, source, cell, { ink, line }, on) {
  const gaps = source.slice(1).map((x, i) => [source[i] + cell / 2, x - cell / 2])
  const nodes = []
  if (data.links) nodes.push(...gaps.map(([from, to]) => link(from, to, ENCODER - (data.links > 1 ? 4 : 0), line)))
  if (data.links > 1) nodes.push(...gaps.map(([from, to]) => link(to, from, ENCODER + 4, line)))
  source.forEach((x, j) => {
    const box = state(data.encoder[j], x - cell / 2, ENCODER - 13, cell, 26, ink, line)
    const token = text(data.inputs[j], x, TOKENS, { class: "input", fill: ink })
    for (const node of [box, token]) node.addEventListener("click", () => on.cell(j))
    box.addEventListener("click", () => on.open("encoder"))
    nodes.push(box, token)
  })
  return nodes
}

// The decoder's state, and what it has just read.
function decoder(data, row, middle, { ink, line, page }, on) {
  const left = middle - BOX.width / 2
  const under = made("rect", { x: left, y: STATE - BOX.height / 2, width: BOX.width, height: BOX.height, fill: page })
  const box = state(data.decoder[row], left, STATE - BOX.height / 2, BOX.width, BOX.height, ink, line)
  box.addEventListener("click", () => on.open("decoder"))
  const reads = text(`reads ${data.reads[row]}`, left - 10, STATE + 5, { class: "small", fill: ink, "text-anchor": "end" })
  const up = made("path", { d: `M${middle} ${STATE - BOX.height / 2} V${WRITTEN + 14}`, stroke: line, "stroke-width": 2 })
  return [up, under, box, reads]
}

// What it finds likely to come next.
function likely(data, row, middle, width, { ink }, on) {
  const left = middle + BOX.width / 2 + 14
  const names = namesWidth(width)
  const room = Math.max(10, Math.min(90, width - left - names - 42))
  return data.next[row].slice(0, TOP).flatMap(([token, percent], i) => {
    const y = STATE - 26 + 17 * i
    const bar = made("rect", { x: left + names + 6, y, width: Math.max(1, (room * percent) / 100), height: 10, fill: ink, class: "likely" })
    bar.append(titled(`${percent} %`))
    bar.addEventListener("click", () => on.open("next"))
    return [text(token, left + names, y + 9, { class: "small name", fill: ink, "text-anchor": "end" }), bar]
  })
}

// What the words beside these bars take, in pixels.
function namesWidth(width) {
  return width < 440 ? 28 : 70
}

// A vector as bars up and down from its middle.
function state(values, left, top, width, height, ink, line) {
  const group = made("g", { class: "state" })
  group.append(made("rect", { x: left, y: top, width, height, rx: 3, fill: "transparent", stroke: line, "stroke-width": 1.5 }))
  const step = (width - 4) / values.length
  const middle = top + height / 2
  const bars = values.map((value, i) => {
    const long = (value / 100) * (height / 2 - 2)
    return `M${left + 2 + i * step} ${middle} h${step} v${-long} h${-step} z`
  })
  group.append(made("path", { d: bars.join(" "), fill: ink }))
  return group
}

function link(from, to, y, stroke) {
  const tip = to > from ? -3 : 3
  const d = `M${from} ${y} H${to} M${to + tip} ${y - 3} L${to} ${y} L${to + tip} ${y + 3}`
  return made("path", { d, fill: "none", stroke, "stroke-width": 1.3 })
}

function places(count, width) {
  const gap = between(count, width)
  return Array.from({ length: count }, (_, i) => width / 2 + (i - (count - 1) / 2) * gap)
}

function between(count, width) {
  return Math.min(56, (width - 40) / count)
}

function text(content, x, y, attributes) {
  const node = made("text", { x, y, "text-anchor": "middle", ...attributes })
  node.textContent = content
  return node
}

function titled(content) {
  const node = made("title", {})
  node.textContent = content
  return node
}

function made(name, attributes) {
  const node = document.createElementNS(NAMESPACE, name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  return node
}
