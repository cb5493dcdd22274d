// The one custom request by which the pages' host asks for what is to be seen: `rnn/view`, by name.
// Not the cursor and not moves (page-requests.ts). Arrays travel as base64 in the protocol's JSON (binary-json.ts).
// Invariant: measurements have programs of their own, so that they never meet the session's; those of a pass no longer shown are ended.
import { OperationalError } from '../../../../engine/base/operational-error';
import { optimizerStep } from '../../../../engine/debug/optimizer-step';
import type { Recording } from '../../../../engine/debug/recording';
import type { Backend } from '../../../../engine/runtime/backend';
import { TracePrograms } from '../../../../engine/trace/trace-programs';
import type { StopCause } from '../../../../protocol/debugger-page';
import type { ViewHeader } from '../../../../protocol/debug-views';
import { Arguments } from '../arguments';
import { type Compared, Comparisons } from '../compare/comparisons';
import { readCompareWith } from '../compare/compare-with';
import { ComparedView } from '../compare/compared-view';
import type { Handlers } from '../connection';
import type { AdapterHost } from '../host';
import type { Loaded } from '../launch';
import { requestNames } from '../requests';
import type { SourcePlaces } from '../source-places';
import { activeFork, type Standing } from '../standing';
import type { Stop } from '../walker';
import { fromJson, toJson } from './binary-json';
import { DebuggerViews } from './debugger-views';
import { InspectorViews } from './inspector-views';
import { sequenceChoices } from './trace-view';
import { WeightViews } from './weight-views';
import { layersOf, traceIdOf, type ViewSource } from './view-source';

export interface ViewContext {
  readonly standing: () => Standing;
  readonly places: () => SourcePlaces;
  readonly session: () => { readonly loaded: Loaded; readonly backend: Backend; readonly options: { readonly inputs: string | undefined } };
  readonly lastStop: () => Stop | undefined;
  readonly host: () => AdapterHost;
}

interface Shown {
  readonly view: ViewSource;
  readonly recording: Recording;
  readonly debugger: DebuggerViews;
  readonly inspector: InspectorViews;
  readonly weights: WeightViews;
}

const weightNames = ['weights', 'weightsPicture'] as const;
const debuggerNames = ['tile', 'evaluate', 'flow', 'parts'] as const;
const inspectorNames = ['curves', 'paths', 'factors', 'triangle', 'triangleRow', 'stopTriangle', 'spectrum', 'radii', 'parameters', 'saturation', 'horizon'] as const;

export class PageViews {
  private programs: TracePrograms | undefined;
  private shown: Shown | undefined;
  private readonly comparisons: Comparisons;
  private beside: { readonly shown: Shown; readonly recording: Recording; readonly view: ComparedView } | undefined;

  constructor(private readonly context: ViewContext) {
    this.comparisons = new Comparisons(context);
  }

  /** Of the pass beside the one that is shown. */
  get comparedId(): string | undefined {
    return this.comparisons.ready?.id;
  }

  handlers(): Handlers {
    return {
      [requestNames.view]: async (args) => {
        const given = new Arguments(args);
        const name = given.neededText('name');
        const params = fromJson(typeof args === 'object' && args !== null && 'params' in args ? args.params : {});
        return { result: toJson(await this.answer(name, params)) };
      },
    };
  }

  /** Ends measurements and closes their programs. */
  async dispose(): Promise<void> {
    this.shown?.inspector.stop();
    this.shown = undefined;
    this.beside = undefined;
    await this.comparisons.dispose();
    const { programs } = this;
    this.programs = undefined;
    await programs?.dispose();
  }

  private answer(name: string, params: unknown): unknown {
    if (name === 'header') return this.header();
    if (name === 'stop') return this.stop() ?? null;
    if (name === 'compare') return this.compare(new Arguments(params));
    if (name === 'settleComparison') return this.comparisons.settle().then(() => null);
    if (typeof params !== 'object' || params === null) throw new OperationalError('bad-argument', `The view ${name} needs \`params\`, an object.`);
    const shown = this.present();
    const weightName = weightNames.find((each) => each === name);
    const debuggerName = debuggerNames.find((each) => each === name);
    const inspectorName = inspectorNames.find((each) => each === name);
    // Parameters come from a page of ours, and every view looks at them itself.
    if (debuggerName === 'tile') return this.comparedView()?.tile(params as never) ?? shown.debugger.tile(params as never);
    if (debuggerName !== undefined) return shown.debugger[debuggerName](params as never);
    if (inspectorName !== undefined) return shown.inspector[inspectorName](params as never);
    if (weightName !== undefined) return shown.weights[weightName](params as never);
    throw new OperationalError('unknown-view', `There is no view ${name}.`);
  }

  private header(): ViewHeader {
    const { debugger: views, recording } = this.present();
    const [first] = layersOf(recording);
    const compared = this.comparedView()?.run;
    const { pending } = this.comparisons;
    const { options, loaded } = this.context.session();
    // Inputs of one's own are no task of the data.
    const neededLag = options.inputs === undefined ? loaded.source?.neededLag : undefined;
    return {
      ...(neededLag === undefined ? {} : { neededLag }),
      trace: views.header,
      label: first?.walk.line.cell?.name ?? recording.model.name,
      comparison: { choices: this.comparisons.choices(), ...(compared === undefined ? {} : { compared }), ...(pending === undefined ? {} : { pending }) },
    };
  }

  private async compare(args: Arguments): Promise<null> {
    const host = this.context.host();
    await this.comparisons.choose(args.has('with') ? readCompareWith(args.object('with'), (path) => host.absolute(path)) : undefined);
    return null;
  }

  /** Made once for a pair. */
  private comparedView(): ComparedView | undefined {
    const compared = this.comparisons.ready;
    if (compared === undefined) return (this.beside = undefined);
    const shown = this.present();
    if (this.beside?.shown !== shown || this.beside.recording !== compared.recording || this.beside.view.compared.label !== compared.label) {
      this.beside = { shown, recording: compared.recording, view: new ComparedView(shown.view, shown.debugger.header, compared) };
    }
    return this.beside.view;
  }

  /** With the programs to measure it by. */
  private comparedPass(): { readonly recording: Recording; readonly program: Compared['program']; readonly programs: TracePrograms } | undefined {
    const compared = this.comparisons.ready;
    if (compared?.programs === undefined) return undefined;
    return { recording: compared.recording, program: compared.program, programs: compared.programs === 'own' ? this.measuring() : compared.programs };
  }

  private measuring(): TracePrograms {
    return (this.programs ??= new TracePrograms(this.context.session().backend));
  }

  /** The views of the recording that is shown; those of another one are ended. */
  private present(): Shown {
    const standing = this.context.standing();
    const { recording } = activeFork(standing);
    if (this.shown?.recording === recording) return this.shown;
    this.shown?.inspector.stop();
    const view = this.sourceOf(standing, recording);
    const views = new DebuggerViews(view);
    const inspector = new InspectorViews(
      view, () => this.context.host().breathe(), () => Math.min(this.context.standing().cursor.t, recording.steps),
      () => this.comparedPass(),
      (layer) => views.header.layers[layer]?.lanes.flatMap(({ name, words }) => (words === undefined ? [] : [[name, words] as const])) ?? [],
    );
    const weights = new WeightViews(view, {
      original: standing.forks[0]?.pass.weights ?? recording.trace.weights, iteration: standing.iteration,
      update: standing.measured === undefined ? undefined : () => optimizerStep(recording.model, recording.trace, standing.past),
    }, inspector.queue);
    return (this.shown = { view, recording, debugger: views, inspector, weights });
  }

  private sourceOf(standing: Standing, recording: Recording): ViewSource {
    const { loaded, backend, options } = this.context.session();
    const { pass } = activeFork(standing);
    const rows = pass.batch.x.dims[0] ?? 1;
    const chosen = rows > 1 ? recording.row : Number(/\d+/.exec(standing.words.sequence)?.[0] ?? 0);
    const own = rows > 1 || options.inputs !== undefined;
    const { largest } = standing;
    const ownLabel = (index: number): string => `#${index}${index === largest?.row ? ' · largest gradient' : ''}`;
    const choices = own ? { sequence: { index: chosen, label: ownLabel(chosen) }, sequences: Array.from({ length: rows }, (_, index) => ({ index: rows > 1 ? index : chosen, label: ownLabel(rows > 1 ? index : chosen) })) } : sequenceChoices(loaded.source, chosen);
    return {
      ...choices, recording,
      ...(largest === undefined ? {} : { largestGradient: { index: largest.row, of: largest.of, share: largest.share } }),
      traceId: traceIdOf(recording),
      programs: this.measuring(),
      program: loaded.program, data: loaded.source,
      origin: `${standing.iteration > 0 ? `iteration ${standing.iteration.toLocaleString('en-US')}` : standing.words.weights} · ${backend.name}`,
      edits: pass.edits.map(({ step, half, target }) => ({ step: step + 1, name: `${half}.${target.name}${target.kind === 'named' ? "'" : ''}` })),
      stale: false,
    };
  }

  private stop(): StopCause | undefined {
    const stop = this.context.lastStop();
    if (stop === undefined) return undefined;
    switch (stop.kind) {
      case 'breakpoint': {
        const { timeline } = activeFork(this.context.standing()).recording;
        const { cursor, condition } = stop;
        if (cursor.phase !== 'forward' && cursor.phase !== 'backward') return undefined;
        const span = cursor.level === 'equation' ? timeline.equationAt(cursor).span : timeline.unitAt(cursor.unit).line.span;
        const { source, line } = this.context.places().position(span);
        return { kind: 'breakpoint', file: source.name ?? '', line, ...(condition === undefined ? {} : { condition }) };
      }
      case 'data':
        return { kind: 'dataBreakpoint', text: stop.text };
      case 'exception': {
        const { filter, what, first, evidence, advice } = stop.finding;
        return { kind: 'filter', filter, what, first, explanation: [...evidence, ...advice] };
      }
      default:
        return undefined;
    }
  }
}
