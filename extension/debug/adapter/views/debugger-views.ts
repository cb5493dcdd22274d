// Answers what the debugger page asks about a recorded pass: tiles, values of expressions, flows and parts.
// Not the cursor and not moves, which are the session's.
// Invariant: pure but for what it keeps of texts; a request about another trace is refused with `stale-trace`.
import { OperationalError } from '../../../../engine/base/operational-error';
import type { DebuggerHost } from '../../../../protocol/debugger-page';
import type { TraceHeader } from '../../../../protocol/trace-view';
import { CellValues } from './cell-values';
import { tileOf } from './lane-tiles';
import { cellSource } from './layer-view';
import { stateFlows, stateParts } from './state-flow';
import { traceHeader } from './trace-view';
import { type LayerUnit, layersOf, needStep, needTrace, type ViewSource } from './view-source';

type Requests = DebuggerHost['requests'];
type Answer<N extends keyof Requests> = (params: Requests[N]['params']) => Requests[N]['result'];

export class DebuggerViews {
  readonly header: TraceHeader;
  private readonly values = new Map<number, CellValues>();

  constructor(private readonly view: ViewSource) {
    this.header = traceHeader(view);
  }

  readonly tile: Answer<'tile'> = (request) => {
    needTrace(this.view, request.traceId);
    return tileOf(this.view.recording, request);
  };

  readonly evaluate: Answer<'evaluate'> = ({ traceId, layer, step, what, expressions }) => {
    needTrace(this.view, traceId);
    const unit = this.layer(layer);
    needStep(this.view, step);
    const values = this.values.get(layer) ?? new CellValues(this.view.recording, unit, cellSource(this.view.program, unit));
    this.values.set(layer, values);
    return values.evaluate(step, what, expressions);
  };

  readonly flow: Answer<'flow'> = ({ traceId, layer }) => {
    needTrace(this.view, traceId);
    return stateFlows(this.view.recording, this.layer(layer));
  };

  readonly parts: Answer<'parts'> = ({ traceId, layer, step, state }) => {
    needTrace(this.view, traceId);
    needStep(this.view, step);
    return stateParts(this.view.recording, this.layer(layer), state, step);
  };

  private layer(index: number): LayerUnit {
    const layers = layersOf(this.view.recording);
    const unit = layers[index];
    if (unit === undefined) throw new OperationalError('bad-argument', `There is no layer ${index}; there are ${layers.length}, from 0.`);
    return unit;
  }
}
