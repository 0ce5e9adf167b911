// The player on a page of the app. Streamlit calls `draw` again with every new `data`.

import { Player } from "./player.js"

const players = new WeakMap()

export function draw({ parentElement, data, setStateValue }) {
  let player = players.get(parentElement)
  if (!player) {
    player = new Player(parentElement.querySelector(".seqflip-replay"))
    players.set(parentElement, player)
  }
  player.onRest = (rest) => setStateValue("rest", rest)
  player.take(data)
  // Streamlit also cleans up after a call that was overtaken by the next one, so look whether the player is gone.
  return () => setTimeout(() => player.root.isConnected || player.remove())
}
