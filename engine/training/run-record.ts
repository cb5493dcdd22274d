// A run's folder: `run.json`, a copy of the model, `metrics.jsonl`, `checkpoints/*.safetensors`.
// Not the loop that fills it (trainer.ts). One writer at a time.
// Invariant: whatever moment the program dies at, the newest sound checkpoint and every metric up to it are in the folder.
import { OperationalError } from '../base/operational-error';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';
import type { Model } from '../ir/model';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint';
import { type RunDescription, readDescription, writeDescription } from './run-description';
import { type RunStorage, replaceFile, temporarySuffix } from './run-storage';
import { type TrainingEvent, eventLine, readEventLines } from './training-events';

export const runFile = 'run.json';
export const modelFile = 'model.rnn';
export const metricsFile = 'metrics.jsonl';
export const checkpointFolder = 'checkpoints';

/** Older ones are removed once this many newer ones are whole, except the first of each stretch of the run. */
const keptCheckpoints = 3;
/** A tenth of the run is a stretch, so that any iteration can be reached again by replaying no more than that; larger, where so many would fill the disk. */
const stretches = 10;
const stretchBytes = 256 * 1024 * 1024;
/** Lines held back at most before they are written. */
const heldLines = 50;

export class RunRecord {
  private held: string[] = [];

  private constructor(
    private readonly storage: RunStorage,
    private current: RunDescription,
  ) {}

  /**
   * Begins a run in a folder that holds none. `texts` are the model's file under `model.rnn` and whatever it imports.
   * @throws OperationalError `run-exists`: what is there is never overwritten.
   */
  static async create(storage: RunStorage, description: RunDescription, texts: ReadonlyMap<string, string>): Promise<RunRecord> {
    if ((await storage.read(runFile)) !== undefined) {
      throw new OperationalError('run-exists', `"${storage.path}" already holds a run; go on with it with --resume or name another folder with --out.`);
    }
    for (const [name, text] of texts) await replaceFile(storage, name, encodeUtf8(text));
    const record = new RunRecord(storage, description);
    // Last, since it is what makes the folder a run.
    await replaceFile(storage, runFile, writeDescription(description));
    return record;
  }

  /** @throws OperationalError `run-missing`, `bad-run`. */
  static async open(storage: RunStorage): Promise<RunRecord> {
    const bytes = await storage.read(runFile);
    if (bytes === undefined) throw new OperationalError('run-missing', `"${storage.path}" holds no run; leave --resume out to begin one there.`);
    return new RunRecord(storage, readDescription(bytes, `${storage.path}/${runFile}`));
  }

  get path(): string {
    return this.storage.path;
  }

  get description(): RunDescription {
    return this.current;
  }

  /** The copy of the model's file. */
  async modelText(): Promise<string | undefined> {
    const bytes = await this.storage.read(modelFile);
    return bytes && decodeUtf8(bytes);
  }

  async events(): Promise<readonly TrainingEvent[]> {
    return readEventLines(await this.metricsText());
  }

  /**
   * The newest checkpoint that is whole; `damaged` names newer ones that are not. Undefined when the run died before its first one:
   * it then begins again with the weights of its seed. `upTo`: the newest of those after at most so many iterations.
   * @throws OperationalError `checkpoint-missing` when none is whole, `weights-mismatch` when the model is no longer the run's.
   */
  async latestCheckpoint(model: Model, upTo = Infinity): Promise<{ readonly checkpoint: Checkpoint | undefined; readonly damaged: readonly string[] }> {
    const damaged: string[] = [];
    for (const name of [...(await this.checkpointNames())].reverse()) {
      if (iterationOf(name) > upTo) continue;
      const path = `${checkpointFolder}/${name}`;
      const bytes = await this.storage.read(path);
      if (bytes === undefined) continue;
      try {
        return { checkpoint: readCheckpoint(bytes, model, path), damaged };
      } catch (thrown) {
        if (!(thrown instanceof OperationalError) || thrown.code === 'weights-mismatch') throw thrown;
        damaged.push(path);
      }
    }
    if (damaged.length === 0) return { checkpoint: undefined, damaged };
    throw new OperationalError('checkpoint-missing', `"${this.storage.path}" holds no whole checkpoint to go on from; begin a new run.`);
  }

  /** Takes the run up again after `checkpoint` (undefined: from its beginning): metrics and checkpoints of later iterations are removed. */
  async resumeFrom(checkpoint: Checkpoint | undefined, description: RunDescription): Promise<void> {
    const iteration = checkpoint?.iteration ?? -1;
    // What is still due after the checkpoint's own iteration is reported again, even if a run that died had come to it.
    const kept = (await this.metricsText()).split('\n').filter((line) => {
      const [event] = readEventLines(line);
      if (event === undefined || event.kind === 'done' || event.iteration > iteration) return false;
      return event.iteration < iteration || isOfIteration(event) || checkpoint?.looked === true;
    });
    await replaceFile(this.storage, metricsFile, encodeUtf8(kept.map((line) => `${line}\n`).join('')));
    for (const name of await this.checkpointNames()) {
      if (name > checkpointName(iteration)) await this.storage.remove(`${checkpointFolder}/${name}`);
    }
    await this.describe(description);
  }

  async record(event: TrainingEvent): Promise<void> {
    this.held.push(eventLine(event));
    if (this.held.length >= heldLines) await this.flush();
  }

  /** Writes the metrics held back, so that none is missing before the checkpoint, and then the checkpoint. */
  async checkpoint(checkpoint: Checkpoint): Promise<void> {
    await this.flush();
    const bytes = writeCheckpoint(checkpoint);
    await replaceFile(this.storage, `${checkpointFolder}/${checkpointName(checkpoint.iteration)}`, bytes);
    const stretch = Math.ceil(this.current.iterations / Math.max(1, Math.min(stretches, Math.floor(stretchBytes / bytes.length))));
    for (const name of superfluous(await this.checkpointNames(), stretch)) await this.storage.remove(`${checkpointFolder}/${name}`);
  }

  async describe(description: RunDescription): Promise<void> {
    await this.flush();
    await replaceFile(this.storage, runFile, writeDescription(description));
    this.current = description;
  }

  async flush(): Promise<void> {
    if (this.held.length === 0) return;
    const text = this.held.join('');
    this.held = [];
    await this.storage.append(metricsFile, text);
  }

  private async metricsText(): Promise<string> {
    const bytes = await this.storage.read(metricsFile);
    if (bytes === undefined) return '';
    // A crash may cut a character of the last line in two; the line is dropped with the rest of what follows the last line break.
    const end = bytes.lastIndexOf(10) + 1;
    return decodeUtf8(bytes.subarray(0, end)) ?? '';
  }

  private async checkpointNames(): Promise<readonly string[]> {
    return (await this.storage.list(checkpointFolder)).filter((name) => name.startsWith('iteration-') && !name.endsWith(temporarySuffix));
  }
}

/** Sorts as the iterations do. */
export function checkpointName(iteration: number): string {
  return `iteration-${String(iteration).padStart(9, '0')}.safetensors`;
}

function iterationOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? NaN);
}

/** Of names that ascend: neither among the newest nor the first of its stretch of iterations. */
function superfluous(names: readonly string[], stretch: number): readonly string[] {
  const stretchOf = (name: string): number => Math.floor(iterationOf(name) / Math.max(1, stretch));
  return names.slice(0, -keptCheckpoints).filter((name, i) => i > 0 && stretchOf(name) === stretchOf(names[i - 1] ?? ''));
}

/** Reported by the iteration itself, and not by what is due after it. */
function isOfIteration({ kind }: TrainingEvent): boolean {
  return kind === 'iteration' || kind === 'parameters';
}
