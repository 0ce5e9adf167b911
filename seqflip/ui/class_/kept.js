// That one is in a class, remembered for this tab alone.

const KEY = "seqflip_class"

export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? undefined
  } catch {
    return undefined
  }
}

export function keep(found) {
  try {
    if (found) sessionStorage.setItem(KEY, JSON.stringify(found))
    else sessionStorage.removeItem(KEY)
  } catch {
    // the browser keeps nothing for this page
  }
}
