// Plays what a run made of one sequence, snapshot by snapshot. All is here before it begins; nothing is asked for.

import { Answer, product } from "./answer.js"
import { Chronicle } from "./chronicle.js"
import { Curve } from "./curve.js"
import { Heatmap } from "./heatmap.js"
import { Keys } from "./keys.js"

const REST = 300 // milliseconds without a move, after which the place is told

export class Player {
  constructor(root, onRest) {
    this.root = root
    this.onRest = onRest
    this.find = (name) => root.querySelector(`.${name}`)
    this.place = 0
    this.curve = new Curve(this.find("curve"), (place) => this.go(place))
    this.heatmap = new Heatmap(this.find("map"))
    this.answer = new Answer(this.find("answer"))
    this.chronicle = new Chronicle(this.find("chronicle"), (place) => this.go(place))
    this.slider = root.querySelector("input[type=range]")
    this.slider.oninput = () => this.go(Number(this.slider.value))
    this.find("back").onclick = () => this.go(this.place - 1)
    this.find("on").onclick = () => this.go(this.place + 1)
    this.find("play").onclick = () => this.toggle()
    this.truth = this.find("truth").querySelector("input")
    this.truth.onchange = () => {
      this.heatmap.outline(this.truth.checked)
      this.tellSoon()
    }
    this.keys = new Keys(this)
    this.resized = new ResizeObserver(() => this.data && this.lay())
    this.resized.observe(root)
  }

  // Take up what there is to play: for the first time, or with more snapshots, or of another sequence.
  take(data) {
    const { step: wanted, outlined, ...content } = data // where to begin does not matter later
    const text = JSON.stringify(content)
    if (text === this.taken) return
    const newest = this.data?.follows && this.place === this.data.frames.length - 1
    const step = this.data?.frames[this.place]?.step
    const arrived = this.data?.arrival !== data.arrival
    this.taken = text
    this.data = data
    this.last = data.frames.length - 1
    this.slider.max = this.last
    this.find("truth").hidden = !data.truth.length
    this.find("why").hidden = !data.why
    if (arrived) {
      this.pause()
      this.truth.checked = outlined
      const first = data.follows ? this.last : 0
      this.place = wanted === null ? first : this.nearest(wanted)
    } else {
      this.place = newest ? this.last : this.nearest(step ?? 0)
    }
    this.find("figure").hidden = !data.has_attention
    this.find("instead").hidden = data.has_attention
    this.find("by-chance").textContent = data.chance.alignment
    this.find("by-guessing").textContent = data.chance.loss
    this.nameMoments()
    this.lay()
    this.describe()
  }

  // The last snapshot that is not after a step.
  nearest(step) {
    const after = this.data.frames.findIndex((frame) => frame.step > step)
    return after < 0 ? this.last : Math.max(after - 1, 0)
  }

  // Set out all parts anew; between two calls only what differs from snapshot to snapshot is drawn.
  lay() {
    if (!this.root.clientWidth) return // hidden, or about to go
    this.chronicle.take(this.data)
    this.curve.take(this.data)
    this.heatmap.take(this.data)
    this.heatmap.outline(this.truth.checked)
    this.answer.take(this.data)
    this.paint()
  }

  go(place) {
    this.pause()
    this.show(place)
    this.tellSoon()
  }

  show(place) {
    this.place = Math.min(Math.max(place, 0), this.last)
    this.painting ??= requestAnimationFrame(() => this.paint())
  }

  paint() {
    cancelAnimationFrame(this.painting)
    this.painting = undefined
    const frame = this.data.frames[this.place]
    this.curve.show(this.place)
    this.answer.show(frame)
    this.chronicle.show(this.place)
    if (this.data.has_attention) this.heatmap.show(frame)
    this.slider.value = this.place
    const step = `Step ${frame.step.toLocaleString("en")}`
    this.find("step").textContent = step
    this.root.dataset.place = this.place
    if (this.data.why) this.find("why").href = whyLink(this.data.why, frame)
    window.dispatchEvent(new CustomEvent("seqflip-frame", { detail: this.place })) // for who draws the model beside
    this.slider.setAttribute("aria-valuetext", `${step}: ${inWords(frame)}`)
    this.find("fact-loss").textContent = frame.loss
    this.find("fact-alignment").textContent = frame.alignment
    this.find("fact-right").textContent = frame.tokens
    this.find("fact-sure").textContent = frame.sure
    this.find("product").textContent = `Confidence ≈ ${product(frame.shares)}`
    this.buttons?.forEach((button, i) =>
      button.setAttribute("aria-current", String(this.data.moments[i].place === this.place)),
    )
  }

  toggle() {
    if (this.playing) {
      this.pause()
      this.tellSoon()
    } else this.play()
  }

  play() {
    if (this.place === this.last) this.place = 0
    this.playing = true
    this.name()
    let due = 0
    let before
    const tick = (now) => {
      if (!this.playing) return
      due += ((now - (before ?? now)) * Number(this.find("speed").value)) / 1000
      before = now
      const places = Math.floor(due)
      due -= places
      if (places) {
        this.place = Math.min(this.place + places, this.last)
        this.paint()
      }
      if (this.place < this.last) return requestAnimationFrame(tick)
      this.pause()
      this.tellSoon()
    }
    clearTimeout(this.telling)
    this.paint()
    requestAnimationFrame(tick)
  }

  pause() {
    this.playing = false
    this.name()
  }

  name() {
    this.find("play").dataset.playing = String(this.playing)
    this.find("play").querySelector("span").textContent = this.playing ? "Pause" : "Play"
  }

  nameMoments() {
    const place = this.find("moments")
    const now = JSON.stringify(this.data.moments)
    if (this.named === now) return
    this.named = now
    this.buttons = this.data.moments.map((moment, i) => {
      const button = document.createElement("button")
      button.type = "button"
      button.title = moment.text
      button.textContent = `${i + 1} · ${moment.label}, ${this.when(moment)}`
      button.onclick = () => this.go(moment.place)
      return button
    })
    place.replaceChildren(...this.buttons)
    if (!this.buttons.length) place.textContent = this.data.unmarked
  }

  // What happens between two snapshots is seen from the next on.
  when({ step, place }) {
    const seen = this.data.frames[place].step
    const written = (n) => `step ${n.toLocaleString("en")}`
    return seen === step ? written(step) : `${written(step)}, seen at ${written(seen)}`
  }

  // Where one has come to rest is told once: to who listens to the page, and to who keeps the link.
  tellSoon() {
    clearTimeout(this.telling)
    this.telling = setTimeout(() => {
      const frame = this.data.frames[this.place]
      this.describe()
      this.find("told").textContent = `Step ${frame.step}: ${inWords(frame)}`
      this.onRest?.({ step: frame.step, outlined: this.truth.checked })
    }, REST)
  }

  describe() {
    const frame = this.data.frames[this.place]
    this.heatmap.describe(frame)
    this.curve.describe(frame)
  }

  remove() {
    this.playing = false
    clearTimeout(this.telling)
    this.resized.disconnect()
    this.keys.remove()
  }
}

// To why attention moves from this step on.
function whyLink(shared, { step, row, through }) {
  return `${shared}&step=${step}&row=${row}${through ? `&through=${through}` : ""}`
}

function inWords(frame) {
  const verdict = frame.right === null ? "" : frame.right ? ", right" : ", wrong"
  return `the answer is ${frame.words.join(" ")}${verdict}`
}
