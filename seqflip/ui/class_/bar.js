// The bar below every page of whoever is in a class: whom one follows, and what is asked.

import { KINDS } from "./kinds.js"
import { make } from "./make.js"
import { button, field, problem, spaced } from "./parts.js"
import { results } from "./results.js"

export class Bar {
  constructor(room, openDialog) {
    Object.assign(this, { room, openDialog })
  }

  // Each page has a place for it; in the same place, nothing is drawn anew that somebody may be typing in.
  move(node, colours) {
    if (node !== this.node) this.seen = undefined
    Object.assign(this, { node, colours })
    this.draw()
  }

  draw() {
    const { room, node } = this
    const seen = JSON.stringify([room.in?.code, room.in?.follows, room.problem, room.leads ? [room.told?.present, room.question?.answered] : this.seenOfQuestion()])
    if (seen === this.seen) return
    this.seen = seen
    node.hidden = !room.in && !room.problem
    const shown = !room.in ? [] : room.leads ? this.ofLecturer() : this.ofStudent()
    node.replaceChildren(...shown, problem(room))
  }

  // That somebody else has answered is no reason to draw a question anew.
  seenOfQuestion() {
    const { question, asksHere } = this.room
    return question && [question.number, question.revealed, asksHere]
  }

  ofLecturer() {
    const { room } = this
    const parts = [make("strong", {}, spaced(room.in.code)), make("span", {}, `${room.told?.present ?? 0} present`)]
    if (room.question) parts.push(make("span", {}, `${room.question.answered} answered`))
    return [...parts, button("Class …", this.openDialog)]
  }

  ofStudent() {
    const { room } = this
    const { follows } = room.in
    const { question } = room
    const line = make(
      "div",
      {},
      make("span", {}, follows ? "You follow the class." : "You look around on your own."),
      button(follows ? "On my own" : "Follow again", () => room.follow(!follows)),
      button("Leave the class", () => room.leave()),
    )
    if (!question) return [line]
    if (follows && room.asksHere) return question.revealed ? [line] : [line, make("p", { role: "status" }, "Your class is asked what this page asks."), ...this.name(question)]
    return [line, this.asked(question), ...this.name(question)]
  }

  // A name is given only by who wants to; it stays what it is from question to question.
  name(question) {
    if (question.revealed) return []
    const label = field("Your name, if you like", 30)
    const input = label.lastChild
    Object.assign(input, { value: this.room.in.name ?? "", required: false, oninput: () => this.room.call(input.value.trim()) })
    return [label]
  }

  // What is asked, drawn once; when all may see the answers, with them.
  asked(question) {
    const id = `${this.room.in.code} ${question.number}`
    if (this.posed?.id !== id) this.posed = { id, ...this.pose(question) }
    const { root, data, drawn, verdict } = this.posed
    if (question.revealed && !this.posed.shown) {
      this.posed.shown = true
      Object.assign(data, question.solution)
      const given = this.room.answers.get(question.number)
      drawn.show(given)
      verdict.textContent = drawn.said(given)
      root.append(...results(question, this.colours, true))
    }
    return root
  }

  pose(question) {
    const { room } = this
    const data = { ...question, colours: this.colours }
    const [body, verdict] = [make("div", {}), make("p", { className: "verdict", role: "status" })]
    const root = make("section", { className: "seqflip-asked held" }, make("p", { role: "status" }, question.text), body, verdict)
    const give = async (given) => {
      await room.answer(given)
      verdict.textContent = room.problem ? "" : "Sent; you may change it until all are shown."
    }
    const told = (text) => (verdict.textContent = text)
    const given = room.answers.get(question.number)
    const drawn = KINDS[question.kind]({ body, data, given, note: () => {}, give, problem: told })
    return { root, data, drawn, verdict }
  }
}
