// A class, as this tab is in it: what the server tells of it, and what is sent there. Its lecturer opens it and gets a
// code; who joins is led from page to page, may leave to look around alone and come back, and answers what is asked.

import { appRoot, classUrl } from "./address.js"
import { goTo, Whereabouts } from "./follow.js"
import { keep, kept } from "./kept.js"
import { forClass } from "./kinds.js"

const HEADER = "Seqflip-Class"
const NOTHING_NEW = 204
const GONE = 1 // seconds without the question that a page has brought, until it is asked no more
const [SOON, LATER] = [0.2, 3] // seconds, until the server is asked again: after an answer, and when there was none

export class Room {
  problem = ""
  answers = new Map() // what was given to each question, by its number

  // `changed` is called whenever there is something else to be seen.
  constructor(changed) {
    this.changed = changed
    this.in = kept()
    this.here = new Whereabouts()
    this.listen()
    this.lookAround()
  }

  get leads() {
    return Boolean(this.in?.secret)
  }

  get question() {
    return this.told?.question ?? undefined
  }

  // The question that this page has brought, as long as it is there.
  get brought() {
    const found = globalThis.seqflipBrought
    return found?.node.isConnected ? found : undefined
  }

  // Whether the class is asked what this page asks.
  get asksHere() {
    return Boolean(this.question?.key) && this.brought?.question.key === this.question.key
  }

  join(code) {
    const clean = code.toUpperCase().replace(/[^0-9A-Z]/g, "")
    if (clean === this.in?.code) return
    const me = crypto.randomUUID?.() ?? `${Math.random()}`.slice(2).padEnd(12, "0")
    this.keep({ code: clean, me, follows: true })
  }

  async open() {
    const answer = await post("", { app: `${appRoot()}` }, "yes").catch(() => undefined)
    if (answer?.ok) this.keep(await answer.json())
    else this.problem = answer ? (await answer.json()).error : "The server does not answer."
    this.changed()
  }

  async end() {
    await this.send("end", {})
    this.leave()
  }

  leave() {
    this.keep(undefined)
    this.changed()
  }

  follow(is) {
    this.keep({ ...this.in, follows: is, led: undefined })
    this.goAlong()
    this.changed()
  }

  call(name) {
    this.keep({ ...this.in, name })
  }

  // The server answers when there is something new, or after some seconds.
  async listen() {
    for (;;) {
      const there = this.in ? await this.ask().catch(() => false) : true
      await sleep(there ? SOON : LATER)
    }
  }

  // See what this page is and asks; where it is the lecturer's, tell it.
  async lookAround() {
    for (let before = false; ; await sleep(SOON)) {
      if (this.leads && this.told) await this.tell().catch(() => {})
      if (before !== this.asksHere) this.changed()
      before = this.asksHere
    }
  }

  async tell() {
    const address = this.here.next()
    if (address !== undefined) await this.send("show", { address })
    await this.bring()
  }

  // Be told what there is in the class; returns whether there is such a class.
  async ask() {
    const { code, secret, me } = this.in
    const params = new URLSearchParams({ had: this.told?.version ?? "", ...(secret ? {} : { me }) })
    const headers = secret ? { [HEADER]: secret } : {}
    const answer = await fetch(classUrl(`/${code}?${params}`), { cache: "no-store", headers })
    if (this.in?.code !== code || answer.status === NOTHING_NEW) return true
    if (answer.ok) {
      this.take(await answer.json())
      return true
    }
    this.problem = (await answer.json()).error
    if (answer.status === 404) this.keep(undefined)
    this.changed()
    return false
  }

  take(told) {
    this.told = told
    this.problem = ""
    this.goAlong()
    this.changed()
    if (told.question?.revealed && this.asksHere) this.brought.allShown()
  }

  // Who looks around on the lecturer's page is left there until the lecturer moves on.
  goAlong() {
    const wanted = this.told?.address ?? null // the lecturer may be on the way
    if (this.leads || !this.in.follows || wanted === null || wanted === this.in.led) return
    this.keep({ ...this.in, led: wanted })
    goTo(wanted)
  }

  // What the lecturer's page asks is asked of the class, and no more when the page is another one; a page that was loaded
  // anew, or is drawn at this moment, has it again.
  async bring() {
    const { brought, question } = this
    if (brought) this.there = performance.now()
    if (brought?.open && brought !== this.lastBrought) {
      if (question && !question.key && !question.revealed) return // first that which the lecturer wrote
      this.lastBrought = brought
      if (question?.key === brought.question.key && !question.revealed) return // this page was loaded anew
      await this.pose(forClass(brought.question))
    } else if (question?.key && this.lastBrought && performance.now() - this.there > 1000 * GONE) {
      this.lastBrought = undefined
      await this.takeBack()
    }
  }

  async pose(question) {
    return await this.send("ask", { question })
  }

  async reveal() {
    await this.send("reveal", {})
  }

  async takeBack() {
    await this.send("take-back", {})
  }

  // An answer that was given on the page: returns whether what is right is shown when all see it.
  give(brought, given) {
    if (!this.in || brought !== this.brought || !this.asksHere || this.question.revealed) return false
    if (this.leads) {
      this.reveal() // those who look at the lecturer's screen see it now
      return false
    }
    if (!this.in.follows) return false
    this.answer(given)
    return true
  }

  async answer(given) {
    const { number } = this.question
    const { me, name = "" } = this.in
    const sent = Array.isArray(given) ? given.map((place) => cellOf(place, this.question.inputs.length)) : given
    if (await this.send("answer", { me, number, given: sent, name })) this.answers.set(number, given)
    this.changed()
  }

  async send(action, content) {
    const { code, secret } = this.in
    const answer = await post(`/${code}/${action}`, secret ? { secret, ...content } : content, secret ?? "yes")
    this.problem = answer.ok ? "" : (await answer.json()).error
    return answer.ok
  }

  keep(now) {
    if (now?.code !== this.in?.code) {
      Object.assign(this, { told: undefined, lastBrought: undefined, here: new Whereabouts() })
      this.answers.clear()
    }
    this.in = now
    keep(now)
  }
}

// A painted cell is named by its row and its column on the page, and counted through for the server.
function cellOf(place, columns) {
  const [row, column] = place.split(" ").map(Number)
  return row * columns + column
}

function post(rest, content, header) {
  const headers = { [HEADER]: header, "Content-Type": "application/json" }
  return fetch(classUrl(rest), { method: "POST", headers, body: JSON.stringify(content) })
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
}
