// Opens the state that a link names: asks, looks that everything is there, starts the debug session, moves its cursor.
// Not the reading of the link (link-text.ts) and not VS Code, which stands behind `LinkHost` (open-link.ts).
// Invariant: in a folder that is not trusted nothing is opened or looked at; outside the workspace nothing before the person agreed.
import { OperationalError } from '../../engine/base/operational-error';
import type { LinkedState } from './link-text';

/** The pass that was reached: how many steps it has, and units of its layers. */
export interface Reached {
  readonly steps: number;
  readonly layers: readonly { readonly units: number }[];
}

export interface LaunchedByLink {
  readonly program: string;
  readonly model?: string;
  readonly run?: string;
  readonly weights?: string;
  readonly inputs?: string;
  readonly sequence: number;
}

export interface LinkHost {
  readonly trusted: () => boolean;
  readonly inWorkspace: (path: string) => boolean;
  /** Whether to open files outside the workspace. */
  readonly agree: (paths: readonly string[]) => Promise<boolean>;
  readonly kindOf: (path: string) => Promise<'file' | 'folder' | undefined>;
  /** Resolves at the first stop; undefined when the session ended before. */
  readonly start: (launch: LaunchedByLink) => Promise<Reached | undefined>;
  readonly goto: (step: number, pass: 'forward' | 'backward') => Promise<unknown>;
  readonly select: (layer: number, units: readonly number[]) => unknown;
}

/** Throws OperationalError: `untrusted`, `no-file`, or `bad-link` for a step or a unit that the pass does not have. */
export async function visitLink(link: LinkedState, host: LinkHost): Promise<void> {
  if (!host.trusted()) throw new OperationalError('untrusted', 'A link starts a debug session, which needs a trusted folder. Trust this folder, then open the link again.');
  const { file, model, run, weights, inputs, sequence, step, pass, layer, units } = link;
  const paths = [{ path: file, kind: 'file' }, { path: run, kind: 'folder' }, { path: weights, kind: 'file' }, { path: inputs, kind: 'file' }]
    .flatMap(({ path, kind }) => (path === undefined ? [] : [{ path, kind }]));
  const outside = paths.map(({ path }) => path).filter((path) => !host.inWorkspace(path));
  if (outside.length > 0 && !(await host.agree(outside))) return;
  for (const { path, kind } of paths) {
    if ((await host.kindOf(path)) !== kind) throw new OperationalError('no-file', `The link names ${path}, and there is no such ${kind} here. Open the link where it was copied, or copy the ${kind} to this place.`);
  }
  const reached = await host.start({
    program: file, sequence, ...(model === undefined ? {} : { model }), ...(run === undefined ? {} : { run }), ...(weights === undefined ? {} : { weights }), ...(inputs === undefined ? {} : { inputs }),
  });
  if (reached === undefined) return;
  if (step > reached.steps) throw new OperationalError('bad-link', `The link points to step ${step}, and this sequence has ${reached.steps}. The session stands at its beginning.`);
  await host.goto(step, pass);
  if (units.length === 0) return;
  const has = reached.layers[layer]?.units ?? 0;
  if (units.some((unit) => unit >= has)) throw new OperationalError('bad-link', `The link picks units that layer ${layer} does not have: it has ${has}. The session stands at the link's step.`);
  host.select(layer, units);
}
