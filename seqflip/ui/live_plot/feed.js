// Renews charts and HTML from the server while a run trains.
//
// Streamlit draws a page; to have it drawn anew ten times a second would keep a processor busy with all that did
// not change. So the page asks the server itself for what is new, says what it has, and gives each part its share.
// Only where the run is in another state, and the page needs other buttons, is Streamlit asked.

const PATIENCE = 2 // seconds, before the same is asked for again
const parts = new Map() // of the page: its charts and pieces of HTML, by their keys
const followers = new WeakMap()

// A part has `node`, `had` (what need not be sent again) and `show(data)`. Said whenever Streamlit has drawn it,
// which need not be the version that the feed sent last.
export function renewedByFeed(key, part) {
  part.version = undefined
  parts.set(key, part)
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
  constructor(node) {
    this.node = node
  }

  take({ url, state, seconds }, setTriggerValue) {
    Object.assign(this, { url, state, seconds, setTriggerValue })
    this.asked = undefined
    if (url && !this.runs) this.run()
  }

  async run() {
    this.runs = true
    while (this.url && this.node.isConnected) {
      const began = performance.now()
      const pause = (await this.ask().catch(console.error)) ?? this.seconds
      await painted()
      await sleep(pause - (performance.now() - began) / 1000)
    }
    this.runs = false
  }

  // Returns how many seconds to wait, where that is not as usual.
  async ask() {
    const { url } = this
    let told
    try {
      const address = new URL(url, document.baseURI)
      address.searchParams.set("had", JSON.stringify(this.had()))
      const answer = await fetch(address, { cache: "no-store" })
      if (!answer.ok) throw new Error(answer.statusText)
      told = await answer.json()
    } catch {
      // The server has gone, which Streamlit tells; or something between here and there knows no feeds.
      if (document.querySelector('[data-test-connection-state="CONNECTED"]')) this.drawAnew()
      return PATIENCE
    }
    if (url !== this.url) return
    for (const [key, { version, data }] of Object.entries(told.parts)) {
      const part = parts.get(key)
      if (!part?.node.isConnected) continue
      part.show(data)
      part.version = version
    }
    if (told.state !== this.state) this.drawAnew()
  }

  // A page that was asked to be drawn anew gets some time for it.
  drawAnew() {
    const now = performance.now()
    if (this.asked && now - this.asked < 1000 * PATIENCE) return
    this.asked = now
    this.setTriggerValue("changed", true)
  }

  had() {
    const had = {}
    for (const [key, part] of parts) {
      if (!part.node.isConnected) parts.delete(key)
      else had[key] = { version: part.version, ...part.had }
    }
    return had
  }
}

// A picture comes before the next message; a tab that is not seen paints none.
function painted() {
  return Promise.race([new Promise(requestAnimationFrame), sleep(1)])
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, 1000 * seconds)))
}
