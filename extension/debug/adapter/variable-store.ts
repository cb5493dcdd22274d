// Variables as clients ask for them: nodes that print themselves and list their children, behind numbers that live until the next move.
// Not what there is to see (scopes.ts).
// Invariant: the same node has the same number as long as the session stands; a move forgets all of them.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { OperationalError } from '../../../engine/base/operational-error';
import type { Numbers } from '../../../engine/debug/statistics';
import { exact, summaryOf } from '../../../engine/debug/statistics';
import type { Range } from '../../../engine/debug/statistics';
import type { Resolved } from '../../../engine/debug/names';

/** What a new value would be put over. */
export interface Editable {
  readonly resolved: Resolved;
  readonly t: number;
  /** Row-major; undefined = all of it. */
  readonly element?: number;
}

export interface Node {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly evaluateName?: string;
  readonly editable?: Editable;
  /** Number of children with an index for a name; listed in portions. */
  readonly indexed?: number;
  readonly named?: number;
  readonly children?: (start: number, count: number) => readonly Node[] | Promise<readonly Node[]>;
}

interface Held {
  readonly node: Node;
  readonly path: string;
}

/** Before a client asks for more in portions of its own. */
const portion = 1000;

export class VariableStore {
  private readonly held = new Map<number, Held>();
  private readonly byPath = new Map<string, number>();
  private next = 1;

  get size(): number {
    return this.held.size;
  }

  /** Numbers are never used again, so that one of an earlier stop is recognised. */
  clear(): void {
    this.held.clear();
    this.byPath.clear();
  }

  reference(node: Node, path: string): number {
    if (node.children === undefined) return 0;
    const known = this.byPath.get(path);
    if (known !== undefined) {
      // The same place, perhaps with other numbers after an edit.
      this.held.set(known, { node, path });
      return known;
    }
    const reference = this.next++;
    this.held.set(reference, { node, path });
    this.byPath.set(path, reference);
    return reference;
  }

  async list(reference: number, filter: string | undefined, start = 0, count = 0): Promise<DebugProtocol.Variable[]> {
    const { node, path } = this.node(reference);
    if (filter === 'indexed' && node.indexed === undefined) return [];
    if (filter === 'named' && node.indexed !== undefined) return [];
    const most = count === 0 ? portion : Math.min(count, portion);
    const children = (await node.children?.(start, most)) ?? [];
    return children.map((child) => this.variable(child, `${path}/${child.name}`));
  }

  /** A child by name, for editing. */
  async child(reference: number, name: string): Promise<Node> {
    const { node } = this.node(reference);
    const index = /^\[(\d+)\]$/.exec(name)?.[1];
    const children = (await (index === undefined ? node.children?.(0, portion) : node.children?.(Number(index), 1))) ?? [];
    const child = children.find((candidate) => candidate.name === name);
    if (child === undefined) throw new OperationalError('no-variable', `There is no \`${name}\` among these variables.`);
    return child;
  }

  variable(node: Node, path: string): DebugProtocol.Variable {
    return {
      name: node.name,
      value: node.value,
      variablesReference: this.reference(node, path),
      ...(node.type === undefined ? {} : { type: node.type }),
      ...(node.evaluateName === undefined ? {} : { evaluateName: node.evaluateName }),
      ...(node.indexed === undefined ? {} : { indexedVariables: node.indexed }),
      ...(node.named === undefined ? {} : { namedVariables: node.named }),
      ...(node.editable === undefined && node.children === undefined ? { presentationHint: { attributes: ['readOnly'] } } : {}),
    };
  }

  private node(reference: number): Held {
    const held = this.held.get(reference);
    if (held === undefined) throw new OperationalError('stale-reference', 'These variables belong to an earlier stop; ask for the scopes again.');
    return held;
  }
}

/** Numbers with a shape: vectors list elements, matrices rows. */
export function numbersNode(name: string, shape: readonly number[], data: Numbers, more: { readonly range?: Range | undefined; readonly evaluateName?: string | undefined; readonly editable?: Editable; readonly type?: string } = {}): Node {
  const { range, evaluateName, editable, type } = more;
  const base = {
    name,
    value: summaryOf(data, shape, range),
    ...(type === undefined ? {} : { type }),
    ...(evaluateName === undefined ? {} : { evaluateName }),
    ...(editable === undefined ? {} : { editable }),
  };
  const [first, ...rest] = shape;
  if (first === undefined) return base;
  const width = rest.reduce((a, b) => a * b, 1);
  return {
    ...base,
    indexed: first,
    children: (start, count) => Array.from({ length: Math.max(0, Math.min(first - start, count)) }, (_, i): Node => {
      const index = start + i;
      const element = editable && { ...editable, element: (editable.element ?? 0) + index * width };
      const inner = { evaluateName: evaluateName === undefined ? undefined : indexedName(evaluateName, index), ...(element === undefined ? {} : { editable: element }) };
      if (rest.length > 0) return numbersNode(`[${index}]`, rest, Array.from({ length: width }, (_each, k) => data[index * width + k] ?? NaN), inner);
      return { name: `[${index}]`, value: exact(data[index] ?? NaN), ...(inner.evaluateName === undefined ? {} : { evaluateName: inner.evaluateName }), ...(inner.editable === undefined ? {} : { editable: inner.editable }) };
    }),
  };
}

function indexedName(name: string, index: number): string {
  return name.endsWith(']') ? `${name.slice(0, -1)}, ${index}]` : `${name}[${index}]`;
}

/** A group of nodes. */
export function groupNode(name: string, value: string, children: () => readonly Node[] | Promise<readonly Node[]>): Node {
  return { name, value, children: async (start, count) => (await children()).slice(start, start + count) };
}
