// The answer position by position. The table is built once; from snapshot to snapshot only what its cells say changes.

export class Answer {
  constructor(root) {
    this.root = root
  }

  take({ source, expected, frames, rows }) {
    const width = Math.max(source.length, expected?.length ?? 0, rows)
    const words = [...source, ...(expected ?? []), ...frames.flatMap((frame) => frame.words)]
    const longest = Math.max(...words.map((word) => word.length), 3)
    this.root.style.setProperty("--cell", `${Math.min(0.56 * longest + 0.7, 8).toFixed(2)}rem`)
    const head = Array.from({ length: width }, (_, i) => String(i + 1))
    const lines = [line("", "count", head), line("Input", "", source, width)]
    if (expected) lines.push(line("Expected", "", expected, width))
    const answer = line("Answer", "given", [], width)
    const share = line("Probability", "probability", [], width)
    this.cells = [...answer.children].slice(1).map((cell, i) => {
      const [said, verdict] = [document.createElement("span"), document.createElement("span")]
      verdict.className = "hidden"
      cell.append(said, verdict)
      return { said, verdict, share: share.children[i + 1] }
    })
    const table = document.createElement("table")
    table.append(...lines, answer, share)
    this.root.replaceChildren(table)
  }

  show({ words, correct, shares }) {
    this.cells.forEach(({ said, verdict, share }, i) => {
      const word = words[i] ?? ""
      if (said.textContent !== word) said.textContent = word
      const wrong = Boolean(word && correct?.[i] === false)
      if (wrong !== said.classList.contains("wrong")) {
        said.classList.toggle("wrong", wrong)
        verdict.textContent = wrong ? " wrong" : ""
      }
      const text = word && shares[i][0]
      if (share.textContent === text) return
      share.textContent = text
      share.style.setProperty("--share", word ? shares[i][1] : 0)
    })
  }
}

// What a confidence is the product of; of many factors the least sure ones.
export function product(shares, most = 8) {
  const sure = shares.map(([, share]) => share)
  const least = [...sure.keys()].sort((a, b) => sure[a] - sure[b]).slice(0, most)
  const factors = least.sort((a, b) => a - b).map((i) => sure[i].toFixed(3).replace(/^0/, ""))
  const written = factors.map((factor) => ({ ".000": "<.001", "1.000": "1" })[factor] ?? factor)
  return [...written, ...(sure.length > most ? ["…"] : [])].join(" × ")
}

function line(title, kind, words, width = words.length) {
  const row = document.createElement("tr")
  row.className = kind
  const first = document.createElement(kind === "count" ? "td" : "th")
  if (kind !== "count") first.scope = "row"
  first.textContent = title
  row.append(first)
  for (let i = 0; i < width; i++) {
    const cell = document.createElement(kind === "count" ? "th" : "td")
    if (kind === "count") cell.scope = "col"
    cell.textContent = words[i] ?? ""
    row.append(cell)
  }
  return row
}
