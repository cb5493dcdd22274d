// Everything that is set to stop a walk: breakpoints, data breakpoints, exception filters.
// Not the walking (walker.ts).
// Invariant: what cannot be set is answered as unverified, with the reason; a recording is searched for findings once per setting.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { messageOf } from '../../../engine/base/operational-error';
import { type Filter, filters, filterSpecs, type Finding, findingsOf } from '../../../engine/debug/health';
import { Names } from '../../../engine/debug/names';
import type { Recording } from '../../../engine/debug/recording';
import { unitForNames, unitsOf } from '../../../engine/debug/timeline';
import type { Model } from '../../../engine/ir/model';
import type { Arguments } from './arguments';
import { Breakpoints } from './breakpoints';
import { DataBreakpoints, dataIdOf } from './data-breakpoints';
import type { Inspection } from './inspection';
import type { SourcePlaces } from './source-places';
import type { Standing } from './standing';

export interface StopContext {
  readonly places: () => SourcePlaces | undefined;
  readonly standing: () => Standing | undefined;
  readonly model: () => Model | undefined;
}

export class StopSettings {
  readonly breakpoints = new Breakpoints();
  readonly data = new DataBreakpoints();
  thresholds: ReadonlyMap<Filter, number> = new Map<Filter, number>([['non-finite', 0]]);
  private readonly findings = new WeakMap<Recording, { readonly key: string; readonly findings: readonly Finding[] }>();

  constructor(private readonly context: StopContext, private readonly inspection: Inspection) {}

  /** A restart counts hits anew. */
  forgetHits(): void {
    this.breakpoints.forget();
    this.data.forget();
  }

  setDataBreakpoints(args: Arguments): { readonly breakpoints: readonly DebugProtocol.Breakpoint[] } {
    const model = this.context.model();
    if (model === undefined) return { breakpoints: args.list('breakpoints').map(() => ({ id: this.breakpoints.freshId(), verified: false, message: 'Nothing is launched yet.' })) };
    const units = unitsOf(model);
    return { breakpoints: this.data.replace(args.list('breakpoints'), (unit) => new Names(units, model, units.find(({ name }) => name === unit) ?? unitForNames(units)), () => this.breakpoints.freshId()) };
  }

  setBreakpoints(args: Arguments): DebugProtocol.SetBreakpointsResponse['body'] {
    const source = args.object('source');
    const requests = args.list('breakpoints');
    const places = this.context.places();
    const file = places?.fileOf(source.text('path'), source.count('sourceReference'));
    if (places === undefined || file === undefined) {
      const message = places === undefined ? 'Breakpoints are set once the program is loaded.' : `${source.text('path') ?? 'This file'} has no part in model ${this.context.model()?.name ?? ''}.`;
      return { breakpoints: requests.map((request) => ({ id: this.breakpoints.freshId(), verified: false, line: request.count('line') ?? 1, message })) };
    }
    return { breakpoints: this.breakpoints.set(file, requests, places) };
  }

  breakpointLocations(args: Arguments): DebugProtocol.BreakpointLocationsResponse['body'] {
    const source = args.object('source');
    const file = this.context.places()?.fileOf(source.text('path'), source.count('sourceReference'));
    const from = args.neededCount('line');
    const to = args.count('endLine') ?? from;
    const lines = file === undefined ? [] : this.context.places()?.linesOf(file) ?? [];
    return { breakpoints: lines.filter((line) => line >= from && line <= to).map((line) => ({ line })) };
  }

  setExceptionBreakpoints(args: Arguments): { readonly breakpoints: readonly DebugProtocol.Breakpoint[] } {
    const options = [...args.texts('filters').map((filter) => ({ filter, condition: undefined as string | undefined })), ...args.list('filterOptions').map((option) => ({ filter: option.neededText('filterId'), condition: option.text('condition') }))];
    const thresholds = new Map<Filter, number>();
    const breakpoints = options.map(({ filter, condition }): DebugProtocol.Breakpoint => {
      const known = filters.find((candidate) => candidate === filter);
      if (known === undefined) return { verified: false, message: `There is no filter "${filter}"; there are ${filters.join(', ')}.` };
      const usual = filterSpecs[known].threshold?.usual ?? 0;
      const threshold = condition === undefined || condition.trim() === '' ? usual : Number(condition.replace(/^\s*[<>]=?\s*/, ''));
      if (!Number.isFinite(threshold)) return { verified: false, message: `The threshold is a number such as ${usual}, not "${condition ?? ''}".` };
      thresholds.set(known, threshold);
      return { verified: true };
    });
    this.thresholds = thresholds;
    return { breakpoints };
  }

  findingsFor(recording: Recording): readonly Finding[] {
    const key = JSON.stringify([...this.thresholds]);
    const known = this.findings.get(recording);
    if (known?.key === key) return known.findings;
    const findings = this.thresholds.size === 0 ? [] : findingsOf(recording, this.thresholds);
    this.findings.set(recording, { key, findings });
    return findings;
  }

  async dataBreakpointInfo(args: Arguments): Promise<DebugProtocol.DataBreakpointInfoResponse['body']> {
    const name = args.neededText('name');
    try {
      const reference = args.count('variablesReference') ?? 0;
      const node = reference === 0 ? undefined : await this.inspection.variables.child(reference, name);
      const text = reference === 0 ? name : node?.evaluateName;
      if (text === undefined) return { dataId: null, description: `${name} cannot be watched; states, gates, gradients and parameters can.` };
      const scope = this.inspection.scopeOf(args.count('frameId'));
      return { dataId: dataIdOf(scope.names, text), description: `${text} changes, or its condition: crosses 0.5, changes by 0.1, non-finite, or an expression`, accessTypes: ['write'], canPersist: true };
    } catch (thrown) {
      return { dataId: null, description: messageOf(thrown) };
    }
  }
}
