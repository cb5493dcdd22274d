// What the pages are told of the compared pass: its header, which lanes can be subtracted, where the two part; and the lanes' differences as tiles.
// Not the recording (comparisons.ts). Differences are kept as long as the pair is shown.
// Invariant: every number is that of the two recordings; a difference is this less the other.
import { alignLayers, type AlignedLayer, comparable, laneDifference, whereTheyPart } from '../../../../engine/debug/compare-recordings';
import { OperationalError } from '../../../../engine/base/operational-error';
import type { ComparedLayer, ComparedRun, FirstDivergence } from '../../../../protocol/comparison';
import type { LaneHeader, TraceHeader } from '../../../../protocol/trace-view';
import type { Tile, TileRequest } from '../../../../protocol/tiles';
import { firstNonFinite, type LaneName, type LaneNumbers } from '../views/lane-numbers';
import { tileFrom, tileOf } from '../views/lane-tiles';
import { absoluteQuantile } from '../views/quantile';
import { traceHeader } from '../views/trace-view';
import { layersOf, traceIdOf, type ViewSource } from '../views/view-source';
import type { Compared } from './comparisons';

export class ComparedView {
  readonly run: ComparedRun;
  private readonly aligned: readonly AlignedLayer[];
  private readonly numbers = new Map<string, LaneNumbers>();

  constructor(
    private readonly own: ViewSource,
    /** The header of the session's pass. */
    header: TraceHeader,
    readonly compared: Compared,
  ) {
    const { recording, id, label, origin } = compared;
    this.aligned = alignLayers(own.recording, recording);
    const trace = traceHeader({ ...own, traceId: traceIdOf(recording), recording, program: compared.program, origin, edits: [] });
    const first = divergence(own, compared);
    this.run = {
      id, label, origin, trace, alike: comparable(own.recording, recording),
      differenceId: `${own.traceId} − ${trace.traceId}`,
      layers: this.aligned.map((layer, index): ComparedLayer => {
        const other = layer.other && layersOf(recording).findIndex(({ name }) => name === layer.other?.name);
        const lanes = header.layers[index]?.lanes.filter(({ name }) => layer.shared.includes(name)) ?? [];
        return { ...(other === undefined || other < 0 ? {} : { other }), lanes: lanes.map((lane) => this.differenceLane(index, lane)) };
      }),
      ...(first === undefined ? {} : { first }),
    };
  }

  /** Tiles of the difference and of the other pass itself; undefined for a trace that is neither. */
  tile(request: TileRequest): Tile | undefined {
    if (request.traceId === this.run.trace.traceId) return tileOf(this.compared.recording, request);
    if (request.traceId !== this.run.differenceId) return undefined;
    const layer = this.run.layers[request.layer];
    const name = this.own.recording.timeline.units.find((unit) => unit === this.aligned[request.layer]?.own)?.name ?? '';
    if (layer === undefined) throw new OperationalError('bad-argument', `There is no layer ${request.layer}.`);
    // A gate's difference has no middle but zero.
    const lanes = layer.lanes.map((lane): LaneName => ({ name: lane.name, kind: lane.kind === 'gate' ? 'let' : lane.kind }));
    return tileFrom({ layer: name, lanes, steps: this.own.recording.steps, numbers: (what, lane) => this.difference(request.layer, what, lane) }, request);
  }

  private differenceLane(layer: number, { name, kind, words, units }: LaneHeader): LaneHeader {
    const values = this.difference(layer, 'value', name);
    const nonFinite = firstNonFinite(values, this.aligned[layer]?.own.walk?.half.reversed ?? false);
    return {
      name, kind, units, ...(words === undefined ? {} : { words }),
      spread: absoluteQuantile(values.data, 0.997), gradientSpread: absoluteQuantile(this.difference(layer, 'gradient', name).data, 0.995),
      ...(nonFinite === undefined ? {} : { nonFinite }),
    };
  }

  private difference(layer: number, what: 'value' | 'gradient', name: string): LaneNumbers {
    const key = `${layer}/${what}/${name}`;
    const aligned = this.aligned[layer];
    if (aligned === undefined) throw new OperationalError('bad-argument', `There is no layer ${layer}.`);
    const made = this.numbers.get(key) ?? laneDifference(this.own.recording, this.compared.recording, aligned, what === 'value' ? 'value' : 'grad', name);
    this.numbers.set(key, made);
    return made;
  }
}

function divergence({ recording }: ViewSource, { recording: other }: Compared): FirstDivergence | undefined {
  const found = whereTheyPart(recording, other);
  return found && { step: found.step ?? recording.steps + 1, name: found.name, unit: found.unit, own: found.a, other: found.b };
}
