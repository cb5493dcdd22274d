// Which steps of which line an edit can reach going forwards: what lies outside is as in the pass that was edited.
// Not the computing of them (run-trace.ts). Whatever the loss sends back reaches every step; this is about values alone.
// Invariant: a stretch holds at least every step whose value differs; a line without one is untouched.
import { type Half, halvesOf } from '../ir/halves';
import type { Model } from '../ir/model';

/** Steps `[from, to)`, from 0. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where a pass differs from another one: what the network reads at a step, or something within a half of a line. */
export interface Change {
  readonly at: 'x' | { readonly half: string };
  /** From 0. */
  readonly step: number;
}

export class ChangedSteps {
  private readonly lines = new Map<string, Stretch>();
  private readonly halves = new Map<string, Stretch>();

  constructor(model: Model, steps: number, change: Change) {
    const own: Stretch = { from: change.step, to: change.step + 1 };
    if (change.at === 'x') this.lines.set('x', own);
    for (const line of model.lines) {
      const sources = line.kind === 'embed' ? ['x'] : line.kind === 'pool' ? [line.of] : line.inputs;
      const read = sources.map((name) => this.lines.get(name)).reduce(joined, undefined);
      if (line.kind !== 'step') {
        this.set(line.name, read);
        continue;
      }
      for (const half of halvesOf(line)) {
        const touched = joined(read, change.at !== 'x' && change.at.half === half.prefix ? own : undefined);
        const stretch = touched && line.step.states.length > 0 ? carriedOn(touched, half, steps) : touched;
        if (stretch) this.halves.set(half.prefix, stretch);
        this.set(line.name, joined(this.lines.get(line.name), stretch));
      }
    }
  }

  ofLine(name: string): Stretch | undefined {
    return this.lines.get(name);
  }

  ofHalf(half: Half): Stretch | undefined {
    return this.halves.get(half.prefix);
  }

  private set(name: string, stretch: Stretch | undefined): void {
    if (stretch) this.lines.set(name, stretch);
  }
}

/** States carry a difference on to the end of the walk. */
function carriedOn({ from, to }: Stretch, { reversed }: Half, steps: number): Stretch {
  return reversed ? { from: 0, to } : { from, to: steps };
}

function joined(a: Stretch | undefined, b: Stretch | undefined): Stretch | undefined {
  return a && b ? { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) } : (a ?? b);
}
