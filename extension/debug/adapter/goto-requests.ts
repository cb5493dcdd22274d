// Running to a line: which stops stand on it, at the step where the cursor is.
// Not jumping to another step (page-requests.ts).
// Invariant: a target is a place in the program, so that it stays valid from stop to stop.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { OperationalError } from '../../../engine/base/operational-error';
import type { Cursor } from '../../../engine/debug/timeline';
import type { Arguments } from './arguments';
import type { Moment } from './inspection';
import { activeRecording } from './standing';

export class GotoRequests {
  constructor(private readonly moment: Moment, private readonly goTo: (cursor: Cursor, reason: string) => void) {}

  gotoTargets(args: Arguments): DebugProtocol.GotoTargetsResponse['body'] {
    const source = args.object('source');
    const places = this.moment.places();
    const standing = this.moment.standing();
    const file = places.fileOf(source.text('path'), source.count('sourceReference'));
    const nearest = file === undefined ? undefined : places.placesAt(file, args.neededCount('line'));
    const { timeline } = activeRecording(standing);
    const targets = (nearest?.places ?? []).map((place): DebugProtocol.GotoTarget => {
      const id = place.kind === 'equation' ? 1000 + place.unit * 1000 + place.equation : place.kind === 'layer' ? 500 + place.unit : place.kind === 'step' ? 1 : place.kind === 'loss' ? 2 : 3;
      const label = place.kind === 'equation' || place.kind === 'layer' ? `${timeline.unitAt(place.unit).name}${place.kind === 'equation' ? `.${timeline.unitAt(place.unit).equations[place.equation]?.label ?? ''}` : ''} at step ${Math.min(standing.cursor.t, activeRecording(standing).steps)}` : place.kind;
      return { id, label, line: nearest?.line ?? 1 };
    });
    return { targets };
  }

  goto(args: Arguments, after: (work: () => void) => void): void {
    const id = args.neededCount('targetId');
    const standing = this.moment.standing();
    const { timeline, steps } = activeRecording(standing);
    const { cursor } = standing;
    const phase = cursor.phase === 'backward' || cursor.phase === 'update' ? 'backward' : 'forward';
    const t = Math.min(cursor.t, steps);
    const unit = id >= 1000 ? Math.floor(id / 1000) - 1 : id - 500;
    const wrongTarget = new OperationalError('no-target', 'There is no such target; ask for gotoTargets again.');
    if (id === 2 || id === 3) after(() => this.goTo(timeline.at('equation', id === 2 ? timeline.indexOf({ ...cursor, phase: 'loss', level: 'equation' }) : timeline.count('equation') - 1), 'goto'));
    else if (id === 1) after(() => this.goTo(timeline.withLevel(timeline.stopAt(phase, t, timeline.units.findIndex((each) => each.perStep), 0), 'step'), 'goto'));
    else if (timeline.units[unit] === undefined || (id >= 1000 && timeline.unitAt(unit).equations[id % 1000] === undefined)) throw wrongTarget;
    else if (id >= 1000) after(() => this.goTo(timeline.stopAt(phase, t, unit, id % 1000), 'goto'));
    else after(() => this.goTo(timeline.stopAt(phase, t, unit, 0, 'layer'), 'goto'));
  }
}
