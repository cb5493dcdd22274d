// A toolbar that stands in its place before there is anything to use it on.
// Not its controls: each page puts in what it knows of them.

export function waitingBar(bar: HTMLElement, waits: boolean): void {
  if (bar.inert === waits) return;
  bar.inert = waits;
  bar.classList.toggle('waiting-bar', waits);
}
