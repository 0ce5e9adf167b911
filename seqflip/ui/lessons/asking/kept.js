// What the visitor answered, and where they were last: kept in this browser alone, never sent.

const KEY = "seqflip_lessons"
const changed = new Set()
let memory = {} // where the browser keeps nothing for this page, for as long as it is open

function read() {
  try {
    memory = JSON.parse(localStorage.getItem(KEY)) ?? {}
  } catch {
    // what is there is not ours, or nothing may be kept
  }
  return typeof memory === "object" && memory !== null ? memory : {}
}

function write(found) {
  memory = found
  try {
    localStorage.setItem(KEY, JSON.stringify(found))
  } catch {
    // it is kept until the page is closed
  }
  for (const tell of changed) tell()
}

// What was answered to this version of a lesson: {given, done}; another version is another question.
export function answerTo(id, version) {
  const found = read().answers?.[id]
  return found?.version === version ? found : null
}

export function answered(id) {
  return Boolean(read().answers?.[id]?.done)
}

export function keepAnswer(id, version, answer) {
  const found = read()
  const answers = { ...found.answers }
  if (answer) answers[id] = { version, ...answer }
  else delete answers[id]
  write({ ...found, answers })
}

export function lastStop() {
  return read().last ?? null
}

export function keepStop(id) {
  if (lastStop() !== id) write({ ...read(), last: id })
}

export function onChange(tell) {
  changed.add(tell)
  return () => changed.delete(tell)
}
