// Renews charts and HTML from the server while a run trains.
//
// Streamlit draws a page; to have it drawn anew many times a second would keep a processor busy with all that did
// not change. So the page asks the server itself for what is new, says what it has, and gives each part its share.
// Only where the run is in another state, and the page needs other buttons, is Streamlit asked.

const PATIENCE = 2 // seconds, before the same is asked for again
const LONGEST = 5 // seconds, for an answer
const [A_MOMENT, SOON] = [0.01, 0.3] // seconds
const parts = new Map() // of the page: its charts and pieces of HTML, by their keys
const followers = new WeakMap()

// A part has `node`, `had` (what need not be sent again) and `show(data)`. Said whenever Streamlit has drawn it, which
// need not be the version that the feed sent last, nor for the feed that is followed still.
export function renewedByFeed(key, part, feed) {
  part.version = undefined
  part.feed = feed
  parts.set(key, part)
}

// Give each part of what was told by this feed its share.
export function renew(feed, told) {
  for (const [key, data] of Object.entries(told)) partOf(key, feed)?.show(data)
}

// Return the part of the page with this name, if it is there and this feed renews it.
export function partOf(key, feed) {
  const part = parts.get(key)
  return part?.feed === feed && part.node.isConnected ? part : undefined
}

export function draw({ parentElement, data, setTriggerValue }) {
  let follower = followers.get(parentElement)
  if (!follower) {
    follower = new Follower(parentElement.querySelector(".seqflip-feed"))
    followers.set(parentElement, follower)
  }
  follower.take(data, setTriggerValue)
}

class Follower {
  pause = 0

  constructor(node) {
    this.node = node
    globalThis.seqflipFollower = this // the one of the page before, or of an older script, ends
  }

  get isThere() {
    return this.node.isConnected && globalThis.seqflipFollower === this
  }

  take({ url, state, seconds }, setTriggerValue) {
    const changed = url !== this.url || seconds !== this.seconds
    Object.assign(this, { url, state, seconds, setTriggerValue, asked: undefined })
    if (changed) {
      this.request?.abort()
      this.wake?.()
    }
    if (url && !this.runs) this.run()
  }

  async run() {
    this.runs = true
    await partsOf(this.url)
    while (this.url && this.isThere) {
      const began = performance.now()
      const pause = (await this.ask().catch(console.error)) ?? Math.max(this.seconds, this.pause)
      await painted()
      await this.sleep(pause - (performance.now() - began) / 1000)
    }
    this.runs = false
  }

  // Returns how many seconds to wait, where that is not as usual.
  async ask() {
    const { url } = this
    let told
    try {
      told = await this.fetch(url)
    } catch {
      if (url !== this.url) return 0
      // The server has gone, which Streamlit tells; or something between here and there knows no feeds.
      if (document.querySelector('[data-test-connection-state="CONNECTED"]')) this.drawAnew()
      return PATIENCE
    }
    if (url !== this.url || !this.isThere) return 0
    for (const [key, { version, data }] of Object.entries(told.parts)) {
      const part = partOf(key, url)
      if (!part) continue
      part.show(data)
      part.version = version
    }
    if (told.state !== this.state) this.drawAnew()
  }

  async fetch(url) {
    const address = new URL(url, document.baseURI)
    address.searchParams.set("had", JSON.stringify(had(url)))
    this.request = new AbortController()
    const patience = setTimeout(() => this.request.abort(), 1000 * LONGEST)
    try {
      const now = performance.now()
      const headers = { "Seqflip-Waited": ((now - (this.last ?? now)) / 1000).toFixed(3) }
      this.last = now
      const answer = await fetch(address, { cache: "no-store", headers, signal: this.request.signal })
      if (!answer.ok) throw new Error(answer.statusText)
      this.pause = Number(answer.headers.get("Seqflip-Pause")) // longer, where many ask
      return await answer.json()
    } finally {
      clearTimeout(patience)
    }
  }

  // A page that was asked to be drawn anew gets some time for it.
  drawAnew() {
    const now = performance.now()
    if (this.asked && now - this.asked < 1000 * PATIENCE) return
    this.asked = now
    this.setTriggerValue("changed", true)
  }

  async sleep(seconds) {
    await Promise.race([sleep(seconds), new Promise((wake) => (this.wake = wake))])
  }
}

// The parts of a page come one after the other; to ask before there are any is to ask in vain.
async function partsOf(url) {
  for (let waited = 0; waited < SOON && !Object.keys(had(url)).length; waited += A_MOMENT) await sleep(A_MOMENT)
}

function had(url) {
  const found = {}
  for (const [key, part] of parts) {
    if (!part.node.isConnected) parts.delete(key)
    else if (part.feed === url) found[key] = { version: part.version, ...part.had }
  }
  return found
}

// A picture comes before the next message; a tab that is not seen paints none.
function painted() {
  return Promise.race([new Promise(requestAnimationFrame), sleep(1)])
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 * seconds)))
}
