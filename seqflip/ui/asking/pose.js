// One question on a page, answered by who is alone at once. A class may be asked it as well: its lecturer's page brings
// it, and who follows sees what is right when all do.

const WITH_CLASS = "Your class has your answer; you may change it until all are shown."

// `kind` draws it; `question` is what a class would be asked; `given` and `done` tell what there is already. Then
// `note` keeps what is not finished, `answered` what is, and `told` shows what is to be said of it.
export function pose({ kind, root, body, data, question, given, done, note, answered, told }) {
  let waiting
  const finish = (answer) => {
    brought.open = false
    drawn.show(answer)
    told(drawn.said(answer), true)
  }
  const brought = {
    node: body,
    root,
    question,
    open: !done,
    allShown() {
      if (!brought.open) return
      finish(waiting)
      if (waiting !== undefined) answered(waiting)
    },
  }
  const give = (answer) => {
    if (globalThis.seqflipClass?.give(brought, answer)) {
      waiting = answer
      note(answer)
      return told(WITH_CLASS, false)
    }
    finish(answer)
    answered(answer)
  }
  const drawn = kind({ body, data, given, note, give, problem: (text) => told(text, false) })
  if (done) finish(given)
  globalThis.seqflipBrought = brought
}
