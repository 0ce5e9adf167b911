// An element, with its properties and what is in it.

export function make(kind, properties = {}, ...children) {
  const element = document.createElement(kind)
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}
