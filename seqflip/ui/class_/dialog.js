// The dialog of a class: to open or join one; and for its lecturer the code, questions to ask, and what was answered.

import { goTo } from "./follow.js"
import { make } from "./make.js"
import { button, field, problem, spaced } from "./parts.js"
import { results } from "./results.js"

export class Dialog {
  constructor(room) {
    this.room = room
    this.tally = make("section", {})
  }

  // As the bar, it is drawn anew only in another place.
  move(node, colours) {
    const [same, wasOpen] = [node === this.node, this.node?.open]
    Object.assign(this, { node, colours })
    if (!same && wasOpen) this.open()
  }

  open() {
    this.draw()
    if (!this.node.open) this.node.showModal()
  }

  draw() {
    this.seen = undefined
    this.node.replaceChildren(...(this.room.leads ? this.ofLecturer() : this.ofOthers()))
    this.renew()
  }

  ofOthers() {
    const { room } = this
    const lead = button("Open a class", () => room.open().then(() => this.draw()))
    return [make("header", {}, make("h2", {}, "Class"), this.closing()), this.joining(), make("p", {}, "Or let others follow your page:"), lead, this.tally]
  }

  closing() {
    return button("Close", () => this.node.close())
  }

  ofLecturer() {
    const { code, qr, join } = this.room.in
    const picture = make("img", { src: `data:image/svg+xml,${encodeURIComponent(qr)}`, alt: "QR code of the link by which one joins" })
    const end = button("End the class", () => this.room.end().then(() => this.node.close()))
    return [
      make("header", {}, make("h2", {}, "Your class"), this.closing()),
      make("p", {}, "Whoever opens this link, or types this code, follows your page:"),
      make("strong", { className: "code" }, spaced(code)),
      make("div", { className: "columns" }, make("section", {}, picture, make("p", {}, make("code", {}, join))), make("section", {}, this.tally, ...this.asking())),
      end,
    ]
  }

  joining() {
    const code = field("Code of a class", 12)
    const form = make("form", {}, code, button("Join"))
    form.onsubmit = (event) => {
      event.preventDefault()
      this.room.join(code.lastChild.value)
      this.node.close()
      this.room.changed()
    }
    return form
  }

  asking() {
    return [this.form("Let them choose one of several", this.choosing()), this.form("Let them paint where it will look", this.painting())]
  }

  // A form that asks; what it says is taken away when it was asked.
  form(title, { fields, question }) {
    const form = make("form", {}, ...fields, button("Ask"))
    const folded = make("details", { name: "ask" }, make("summary", {}, title), form)
    form.onsubmit = async (event) => {
      event.preventDefault()
      const asked = await question(...fields.map((one) => one.lastChild.value))
      if (asked && (await this.room.pose(asked))) {
        for (const one of fields) one.lastChild.value = ""
        folded.open = false
      }
      this.renew()
    }
    return folded
  }

  choosing() {
    const fields = [field("Question", 200), field("Answers to choose from, with / between them; * before the right one", 500)]
    const question = (text, said) => {
      const written = said.split("/").map((one) => one.trim()).filter(Boolean)
      const right = written.findIndex((one) => one.startsWith("*"))
      const answers = written.map((one) => one.replace(/^\*/, "").trim())
      return { kind: "choose", text, answers, right: right < 0 ? null : right }
    }
    return { fields, question }
  }

  // The sequence is answered here without being shown on the page, which the class may see.
  painting() {
    const run = new URLSearchParams(location.search).get("run") ?? "reverse"
    const fields = [field(`A sequence for ${run}`, 500)]
    const question = async (source) => {
      const address = new URL(`live/painting/${encodeURIComponent(run)}`, document.baseURI)
      address.searchParams.set("source", source)
      const answer = await fetch(address, { cache: "no-store" })
      const told = await answer.json()
      this.room.problem = answer.ok ? "" : told.error
      if (!answer.ok) return undefined
      this.painted = new URLSearchParams({ run, source })
      return { kind: "paint", text: `Where does it look, output by output, when it is given “${source.trim()}”?`.slice(0, 200), ...told }
    }
    return { fields, question }
  }

  // What is asked now, and what was answered so far.
  renew() {
    const { room } = this
    if (!this.node.open && this.seen !== undefined) return
    const { question } = room
    const seen = JSON.stringify([room.told?.version, room.problem, room.leads])
    if (seen === this.seen) return
    this.seen = seen
    this.tally.replaceChildren(...(room.leads && question ? this.answered(question) : []), problem(room))
  }

  answered(question) {
    const { room } = this
    const count = `${question.answered} answered`
    const parts = [make("p", {}, make("b", {}, question.text)), make("p", {}, count), ...results(question, this.colours)]
    if (question.close.length) parts.push(make("p", {}, `Close: ${question.close.join(", ")}`))
    const buttons = question.revealed ? [] : [button("Show all the answers", () => room.reveal())]
    if (question.revealed && question.kind === "paint" && !question.key && this.painted)
      buttons.push(button("Show it on Attend", () => this.show(`attend?${this.painted}`)))
    buttons.push(button("Take the question back", () => room.takeBack()))
    return [...parts, make("div", { className: "buttons" }, ...buttons)]
  }

  show(address) {
    this.node.close()
    goTo(address)
  }
}
