// Which layer a parameter belongs to, and its name there.
// Not its role or place in a cell, which the host says. A reverse half is a layer of its own here.

/** `r1` of `r1.W_i` and of `r1.initial.h`. */
export function layerOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.'))).replace(/\.initial$/, '');
}

/** `W_i`, `initial.h`. */
export function shortName(name: string): string {
  return name.slice(layerOf(name).length + 1);
}

export interface Named {
  readonly name: string;
}

/** In the order of their first name. */
export function layersOf(names: readonly Named[]): readonly string[] {
  return [...new Set(names.map(({ name }) => layerOf(name)))];
}

/** The chosen layer if there is such, else the first of those that recur (they have the most parameters), else the first. */
export function shownLayer(names: readonly Named[], chosen: string | undefined): string | undefined {
  const layers = layersOf(names);
  if (chosen !== undefined && layers.includes(chosen)) return chosen;
  const counts = layers.map((layer) => names.filter(({ name }) => layerOf(name) === layer).length);
  return layers[counts.indexOf(Math.max(...counts))];
}
