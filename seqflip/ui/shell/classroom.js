// A class. Its lecturer opens it and gets a code; who joins is led from page to page, may leave to look around alone and
// come back, and answers what is asked. The server keeps it in memory; the browser remembers for this tab alone that
// one is in it. All that others wrote becomes text, never HTML.

const KEPT = "seqflip_class"
const HEADER = "Seqflip-Class"
const SECONDS = 1 // between two questions
const [REST, SPREAD] = [1.5, 0.6] // seconds that an address rests before it is shown; that followers move on apart
let own = [] // parameters that are a matter of each browser

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".seqflip-class")
  own = data.own
  window.seqflipClassroom ??= new Classroom(root)
  window.seqflipClassroom.move(root, data.join)
}

class Classroom {
  chosen = new Map() // the answer to each question, by its number

  constructor(root) {
    this.in = kept()
    window.seqflipClass = () => this.open()
    this.move(root)
    this.run()
  }

  // Each page has a place for it.
  move(root, join) {
    if (join && join !== this.linked) {
      this.linked = join
      this.join(join)
    }
    this.bar = root.querySelector("aside")
    this.bar.dataset.seen = ""
    this.dialog = root.querySelector("dialog")
    this.draw()
  }

  join(code) {
    const clean = code.toUpperCase().replace(/[^0-9A-Z]/g, "")
    if (clean === this.in?.code) return
    const me = crypto.randomUUID?.() ?? `${Math.random()}`.slice(2).padEnd(12, "0")
    this.keep({ code: clean, me, follows: true })
  }

  async run() {
    for (;;) {
      if (this.in) await this.ask().catch(() => {})
      await sleep(SECONDS)
    }
  }

  async ask() {
    const { code, secret, me } = this.in
    if (secret) await this.showWhereIAm()
    const headers = secret ? { [HEADER]: secret } : {}
    const answer = await fetch(where(secret ? code : `${code}?me=${encodeURIComponent(me)}`), { cache: "no-store", headers })
    if (this.in?.code !== code) return
    if (!answer.ok) {
      this.problem = (await answer.json()).error
      if (answer.status === 404) this.keep(undefined)
      return this.draw()
    }
    this.problem = ""
    this.told = await answer.json()
    if (!secret && this.in.follows) this.follow(this.told.address)
    this.draw()
  }

  // Where the lecturer is still typing, nobody is led yet.
  async showWhereIAm() {
    const [here, now] = [address(), performance.now()]
    if (here !== this.here) Object.assign(this, { here, since: now })
    if (here === this.shown || (this.shown !== undefined && now - this.since < 1000 * REST)) return
    this.shown = here
    await this.send("show", { address: here })
  }

  // Go where the lecturer has gone; whoever looks around on that page is left there until the lecturer moves on.
  follow(wanted) {
    if (wanted === this.in.led) return
    this.keep({ ...this.in, led: wanted })
    if (wanted === address()) return
    const url = new URL(wanted, appRoot())
    for (const [name, value] of new URLSearchParams(location.search)) if (own.includes(name)) url.searchParams.append(name, value)
    setTimeout(() => location.assign(url), 1000 * SPREAD * Math.random())
  }

  open() {
    this.drawDialog()
    if (!this.dialog.open) this.dialog.showModal()
  }

  async lead() {
    const answer = await post("", { app: `${appRoot()}` }, "yes").catch(() => undefined)
    if (answer?.ok) this.keep(await answer.json())
    const refused = answer && !answer.ok ? (await answer.json()).error : "The server does not answer."
    this.problem = this.in ? "" : refused
    this.draw()
    this.drawDialog()
  }

  async send(action, content) {
    const { code, secret } = this.in
    const answer = await post(`/${code}/${action}`, secret ? { secret, ...content } : content, secret ?? "yes")
    if (!answer.ok) this.problem = (await answer.json()).error
    else this.problem = ""
    return answer.ok
  }

  keep(now) {
    if (now?.code !== this.in?.code) {
      Object.assign(this, { told: undefined, shown: undefined })
      this.chosen.clear()
    }
    this.in = now
    try {
      if (now) sessionStorage.setItem(KEPT, JSON.stringify(now))
      else sessionStorage.removeItem(KEPT)
    } catch {
      return // the browser keeps nothing for this page
    }
  }

  draw() {
    const { bar } = this
    const { led, name, ...shown } = this.in ?? {}
    const seen = JSON.stringify([shown, this.forStudents(), this.problem, [...this.chosen]])
    if (seen === bar.dataset.seen) return
    bar.dataset.seen = seen
    bar.hidden = !this.in && !this.problem
    bar.replaceChildren(...(this.in ? (this.in.secret ? this.ofLecturer() : this.ofStudent()) : [this.whatIsWrong()]))
    if (this.dialog.open) this.renewTally()
  }

  // What a bar shows of what was told: to students, an answer of somebody else is no reason to be drawn anew.
  forStudents() {
    const { address, ...told } = this.told ?? {}
    if (this.in?.secret || !told.question) return told
    const { answered, ...question } = told.question
    return question
  }

  ofLecturer() {
    const { present = 0, question } = this.told ?? {}
    const parts = [made("strong", written(this.in.code)), made("span", `${present} present`)]
    if (question) parts.push(made("span", `${question.answered} answered`))
    return [...parts, button("Class …", () => this.open()), this.whatIsWrong()]
  }

  ofStudent() {
    const { follows } = this.in
    const parts = [made("span", follows ? "You follow the class." : "You look around on your own.")]
    parts.push(
      button(follows ? "On my own" : "Follow again", () => {
        this.keep({ ...this.in, follows: !follows, led: undefined })
        this.draw()
      }),
      button("Leave the class", () => {
        this.keep(undefined)
        this.draw()
      }),
    )
    const { question } = this.told ?? {}
    return [made("div", ...parts), ...(question ? this.questions(question) : []), this.whatIsWrong()]
  }

  // A name is given only by who wants to; it stays what it is from question to question.
  name() {
    const label = field("Your name, if you like", 30)
    const input = label.lastChild
    input.value = this.in.name ?? ""
    input.required = false
    input.oninput = () => this.keep({ ...this.in, name: input.value.trim() })
    return label
  }

  // What is asked, for whoever is to choose; when all may see the answers, how many chose what.
  questions(question) {
    const mine = this.chosen.get(question.number)
    const options = question.options.map((option, i) => {
      const one = button(option, () => this.choose(question.number, i))
      one.setAttribute("aria-pressed", `${mine === i}`)
      one.disabled = question.revealed
      if (question.revealed) mark(one, question, i)
      return one
    })
    const text = made("p", question.text)
    text.setAttribute("role", "status")
    return [text, made("div", ...options), ...(question.revealed ? [] : [this.name()])]
  }

  async choose(number, choice) {
    const { me, name = "" } = this.in
    if (await this.send("answer", { me, number, choice, name })) this.chosen.set(number, choice)
    this.draw()
  }

  drawDialog() {
    const { dialog } = this
    const close = button("Close", () => dialog.close())
    this.tally = made("section")
    if (!this.in?.secret) {
      const lead = made("div", button("Open a class", () => this.lead()), close)
      dialog.replaceChildren(made("h2", "Class"), this.joining(), made("p", "Or let others follow your page:"), lead, this.tally)
      return this.renewTally()
    }
    const picture = made("img")
    picture.src = `data:image/svg+xml,${encodeURIComponent(this.in.qr)}`
    picture.alt = "QR code of the link by which one joins"
    const end = button("End the class", async () => {
      await this.send("end", {})
      this.keep(undefined)
      dialog.close()
      this.draw()
    })
    dialog.replaceChildren(
      made("h2", "Your class"),
      made("p", "Whoever opens this link, or types this code, follows your page:"),
      made("strong", written(this.in.code)),
      made("div", made("section", picture, made("p", made("code", this.in.join))), made("section", this.form(), this.tally)),
      made("div", close, end),
    )
    this.renewTally()
  }

  joining() {
    const form = made("form")
    const code = field("Code of a class", 12)
    form.append(code, button("Join", undefined))
    form.onsubmit = (event) => {
      event.preventDefault()
      this.join(code.lastChild.value)
      this.dialog.close()
      this.draw()
    }
    return form
  }

  form() {
    const form = made("form")
    const text = field("Question", 200)
    const options = field("Answers to choose from, with / between them; * before the right one", 500)
    form.append(text, options, button("Ask", undefined))
    form.onsubmit = async (event) => {
      event.preventDefault()
      const written = options.lastChild.value.split("/").map((one) => one.trim()).filter(Boolean)
      const right = written.findIndex((one) => one.startsWith("*"))
      const content = { text: text.lastChild.value, options: written.map((one) => one.replace(/^\*/, "").trim()) }
      if (await this.send("ask", right < 0 ? content : { ...content, right })) {
        for (const one of form.querySelectorAll("input")) one.value = ""
      }
      await this.ask()
    }
    return form
  }

  renewTally() {
    const question = this.told?.question
    const problem = this.whatIsWrong()
    if (!question) return this.tally?.replaceChildren(problem)
    const counts = question.options.map((option, i) => {
      const one = made("li", option)
      mark(one, question, i)
      return one
    })
    const parts = [made("p", question.text), made("ul", ...counts)]
    if (question.names.length) parts.push(made("p", `Right: ${question.names.join(", ")}`))
    parts.push(
      question.revealed ? "" : button("Show all the answers", () => this.send("reveal", {}).then(() => this.ask())),
      button("Take the question back", () => this.send("take-back", {}).then(() => this.ask())),
      problem,
    )
    this.tally?.replaceChildren(...parts)
  }

  whatIsWrong() {
    const said = made("span", this.problem ?? "")
    said.className = "problem"
    said.setAttribute("role", "alert")
    said.hidden = !this.problem
    return said
  }
}

// How many chose an answer, and whether it was right.
function mark(node, question, i) {
  if (!question.tally) return
  const share = question.answered ? question.tally[i] / question.answered : 0
  node.style.setProperty("--share", share.toFixed(3))
  node.append(made("span", ` ${question.tally[i]}${question.right === i ? " ✓" : ""}`))
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? undefined
  } catch {
    return undefined
  }
}

function appRoot() {
  return new URL(".", document.baseURI)
}

// The page and what it shows, from the app's own address on.
function address() {
  const params = [...new URLSearchParams(location.search)].filter(([name]) => !own.includes(name))
  const path = location.pathname.slice(appRoot().pathname.length)
  return params.length ? `${path}?${new URLSearchParams(params)}` : path
}

function where(rest) {
  return new URL(`live/class/${rest}`, document.baseURI)
}

function post(rest, content, header) {
  const headers = { [HEADER]: header, "Content-Type": "application/json" }
  return fetch(new URL(`live/class${rest}`, document.baseURI), { method: "POST", headers, body: JSON.stringify(content) })
}

function written(code) {
  return `${code.slice(0, 4)} ${code.slice(4)}`
}

function button(label, press) {
  const node = made("button", label)
  node.type = press ? "button" : "submit"
  if (press) node.onclick = press
  return node
}

function field(label, most) {
  const input = made("input")
  input.maxLength = most
  input.required = true
  return made("label", label, input)
}

function made(tag, ...children) {
  const node = document.createElement(tag)
  node.append(...children)
  return node
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
}
