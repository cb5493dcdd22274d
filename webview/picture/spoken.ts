// The line beside the pointer in words to be heard: `f · u3 · t = 24 · 0.97` is said as `f, unit 3, step 24, 0.97`.
// Not a translation: what the line does not shorten stays as it is.

export function spoken(line: string): string {
  return line.replace(/ · /g, ', ').replace(/\bu(?=\d)/g, 'unit ').replace(/\bt = (?=\d)/g, 'step ');
}
