// Tells the host what was chosen on a page, when it has changed.
// Not the choices (each page's choices.ts). Nothing is told before there is something to see.

export function telling<S extends { readonly view?: unknown }, C>(choicesOf: (state: S) => C, tell: (choices: C) => void): (state: S) => void {
  let told = '';
  return (state) => {
    if (state.view === undefined) return;
    const choices = choicesOf(state);
    const text = JSON.stringify(choices);
    if (text === told) return;
    told = text;
    tell(choices);
  };
}
