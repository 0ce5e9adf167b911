// The colour of a weight, on a light and on a dark page, and of what is written on it.

export function shade(colours, weight) {
  const at = Math.min(Math.max(weight, 0), 1) * (colours.length - 1)
  const low = Math.floor(at)
  const high = Math.min(low + 1, colours.length - 1)
  const mixed = [0, 1].map((page) => mix(colours[low][page], colours[high][page], at - low))
  return `light-dark(${mixed[0]}, ${mixed[1]})`
}

export function inkOn(weight) {
  return `light-dark(${weight > 0.7 ? "#fff" : "#000"}, ${weight > 0.47 ? "#000" : "#fff"})`
}

function mix(from, to, share) {
  const parts = [1, 3, 5].map((i) => {
    const [a, b] = [from, to].map((colour) => parseInt(colour.slice(i, i + 2), 16))
    return Math.round(a + (b - a) * share)
  })
  return `rgb(${parts.join(" ")})`
}
