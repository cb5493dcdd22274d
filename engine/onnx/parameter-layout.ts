// Where each parameter lies in the one vector that the training program updates.
// Not a file format: weight files name every parameter.
// Invariant: parameters that a plan joins lie next to each other in that order, so that joining them costs nothing.
import { defined } from '../base/invariant';
import type { SequencePlan } from '../schedule/sequence-plan';
import { floats, type FloatTensor, sizeOf } from '../runtime/tensor';

export interface Placed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

export class ParameterLayout {
  private readonly places = new Map<string, Placed>();
  private total = 0;

  /** Length of the vector. */
  get length(): number {
    return this.total;
  }

  get entries(): readonly Placed[] {
    return [...this.places.values()];
  }

  place(name: string, shape: readonly number[]): void {
    if (this.places.has(name)) return;
    const size = sizeOf(shape);
    this.places.set(name, { name, shape, offset: this.total, size });
    this.total += size;
  }

  get(name: string): Placed | undefined {
    return this.places.get(name);
  }

  /** Places a line's parameters, joined ones together. */
  placePlan(prefix: string, plan: SequencePlan): void {
    const { params } = plan.pair.step;
    const byId = new Map(params.map((param) => [param.id, param]));
    for (const equation of plan.pair.equations) {
      if (equation.op.kind !== 'concat' || equation.op.axis !== 0) continue;
      const members = equation.args.map((arg) => byId.get(arg));
      if (members.some((member) => member === undefined || this.places.has(`${prefix}.${member.name}`))) continue;
      for (const member of members) if (member) this.place(`${prefix}.${member.name}`, member.shape);
    }
    for (const param of params) this.place(`${prefix}.${param.name}`, param.shape);
  }

  /** The stretch that these parameters fill in this order, if they do. */
  stretch(names: readonly string[]): { readonly start: number; readonly end: number } | undefined {
    let start: number | undefined;
    let end = 0;
    for (const name of names) {
      const placed = this.places.get(name);
      if (!placed) return undefined;
      if (start === undefined) start = placed.offset;
      else if (placed.offset !== end) return undefined;
      end = placed.offset + placed.size;
    }
    return start === undefined ? undefined : { start, end };
  }

  /** The vector of these tensors, one for each place. */
  pack(tensors: ReadonlyMap<string, FloatTensor>): FloatTensor {
    const vector = new Float32Array(this.length);
    for (const entry of this.places.values()) vector.set(defined(tensors.get(entry.name), `a value for ${entry.name}`).data, entry.offset);
    return floats([vector.length], vector);
  }

  /** Copies of the vector's tensors. */
  unpack(vector: FloatTensor, rename: (name: string) => string): Map<string, FloatTensor> {
    return new Map([...this.places.values()].map((entry) => [rename(entry.name), floats(entry.shape, vector.data.slice(entry.offset, entry.offset + entry.size))]));
  }
}
