// `run.json`: what a run is and how it stands.
// Not its measurements (training-events.ts) and not its numbers (checkpoint.ts).
// Invariant: plain data; what is read back was checked for the fields that resuming and showing need.
import { OperationalError } from '../base/operational-error';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';

export type RunStatus = 'running' | 'finished' | 'stopped' | 'failed';

export interface RunDescription {
  readonly format: 1;
  /** The model's name, and its file as it was given. */
  readonly model: string;
  readonly file: string;
  /** One line about the data. */
  readonly data: string;
  /** Text of each token id, for runs on text. */
  readonly vocabulary?: readonly string[];
  readonly backend: { readonly name: string; readonly description: string; readonly threads: number };
  readonly seed: number;
  /** Settings given beside the file (`--set`), as given. */
  readonly settings: Readonly<Record<string, string>>;
  /** Planned, and per epoch. */
  readonly iterations: number;
  readonly batchesPerEpoch: number;
  /** ISO 8601, by the clock that was passed in. */
  readonly started: string;
  readonly status: RunStatus;
  /** Iterations done when the status was written. */
  readonly iteration: number;
  /** Why it failed. */
  readonly reason?: string;
}

export function writeDescription(description: RunDescription): Uint8Array {
  return encodeUtf8(`${JSON.stringify(description, null, 2)}\n`);
}

/** Throws OperationalError `bad-run`. */
export function readDescription(bytes: Uint8Array, name: string): RunDescription {
  let value: unknown;
  try {
    value = JSON.parse(decodeUtf8(bytes) ?? '');
  } catch {
    value = undefined;
  }
  if (!isDescription(value)) throw new OperationalError('bad-run', `"${name}" does not describe a run of this version; name a folder that \`unroll train\` wrote.`);
  return value;
}

function isDescription(value: unknown): value is RunDescription {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return fields['format'] === 1 && typeof fields['model'] === 'string' && typeof fields['file'] === 'string' && typeof fields['iterations'] === 'number' && typeof fields['seed'] === 'number';
}
