// Setting a value at the cursor: reads what is meant and forks the run there.
// Not the fork itself (standing.ts).
// Invariant: what cannot be set is refused with what can; after the answer everybody hears that other numbers are shown.
import { OperationalError } from '../../../engine/base/operational-error';
import type { Arguments } from './arguments';
import { evaluateText, resultText } from './breakpoints';
import type { Inspection, Moment } from './inspection';
import { fork } from './standing';

export class WhatIf {
  /** @param forked told what was forked, in words, after the request was answered. */
  constructor(private readonly moment: Moment, private readonly inspection: Inspection, private readonly forked: (said: string) => void) {}

  async setVariable(args: Arguments, after: (work: () => void) => void): Promise<unknown> {
    const node = await this.inspection.variables.child(args.neededCount('variablesReference'), args.neededText('name'));
    if (node.editable === undefined) throw new OperationalError('not-editable', `${node.name} cannot be set; states, gates, equations, parameters and inputs can.`);
    const said = await this.fork(node.editable, args.neededText('value'), undefined, after);
    return { value: said.value, variablesReference: 0 };
  }

  async setExpression(args: Arguments, after: (work: () => void) => void): Promise<unknown> {
    const scope = this.inspection.scopeOf(args.count('frameId'));
    const text = args.neededText('expression');
    const target = /^([^[\]]*)\[\s*(\d+)\s*\]$/.exec(text.trim());
    const { named } = await evaluateText(target?.[1] ?? text, scope);
    if (named === undefined) throw new OperationalError('not-editable', `\`${text}\` cannot be set; a state, gate, equation, parameter or input can, or one element of it.`);
    const size = scope.value(named).data.length;
    if (target !== null && Number(target[2]) >= size) throw new OperationalError('expression', `Index ${target[2] ?? ''} is outside 0…${size - 1}.`);
    const said = await this.fork({ resolved: named, t: scope.t, ...(target === null ? {} : { element: Number(target[2]) }) }, args.neededText('value'), args.count('frameId'), after);
    return { value: said.value };
  }

  private async fork(editable: Parameters<typeof fork>[1], value: string, frameId: number | undefined, after: (work: () => void) => void): Promise<{ readonly value: string }> {
    const standing = this.moment.standing();
    const wanted = await evaluateText(value, this.inspection.scopeOf(frameId));
    if (wanted.text !== undefined) throw new OperationalError('expression', 'A number was expected, not a text.');
    const said = await fork(standing, editable, Array.from(wanted.data));
    after(() => {
      this.forked(said);
    });
    return { value: resultText(wanted) };
  }
}
