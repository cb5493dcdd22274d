// Opens the state that a link names: asks, looks that everything is there, starts the debug session, moves its cursor, shows its pages as they were.
// Not the reading of the link (link-text.ts) and not VS Code, which stands behind `LinkHost` (open-link.ts).
// Invariant: in a folder that is not trusted nothing is opened or looked at; outside the workspace nothing before the person agreed.
// What a link asks for beyond its session and is not there is said at the end: all the rest is as the link has it.
import { OperationalError } from '../../engine/base/operational-error';
import type { LinkedComparison, LinkedState } from './link-text';

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

type Kind = 'file' | 'folder';

export interface LinkHost {
  readonly trusted: () => boolean;
  readonly inWorkspace: (path: string) => boolean;
  /** Whether to open files outside the workspace. */
  readonly agree: (paths: readonly string[]) => Promise<boolean>;
  readonly kindOf: (path: string) => Promise<Kind | undefined>;
  /** Resolves at the first stop; undefined when the session ended before. */
  readonly start: (launch: LaunchedByLink) => Promise<Reached | undefined>;
  readonly goto: (step: number, pass: 'forward' | 'backward') => Promise<unknown>;
  readonly select: (layer: number, units: readonly number[]) => unknown;
  readonly show: (page: LinkedState['page'], choices: Pick<LinkedState, 'debugger' | 'inspector'>) => Promise<unknown>;
  /** Records the other pass. Throws OperationalError when it cannot be compared. */
  readonly compare: (other: LinkedComparison) => Promise<unknown>;
}

/** Throws OperationalError: `untrusted`, `no-file`, or `bad-link` for a step or a unit that the pass does not have. */
export async function visitLink(link: LinkedState, host: LinkHost): Promise<void> {
  if (!host.trusted()) throw new OperationalError('untrusted', 'A link starts a debug session, which needs a trusted folder. Trust this folder, then open the link again.');
  const { file, model, run, weights, inputs, sequence, step, pass, layer, units, compare } = link;
  const paths = [{ path: file, kind: 'file' }, { path: run, kind: 'folder' }, { path: weights, kind: 'file' }, { path: inputs, kind: 'file' }]
    .flatMap(({ path, kind }) => (path === undefined ? [] : [{ path, kind }]));
  const beside = compare && 'path' in compare ? { path: compare.path, kind: compare.kind === 'run' ? 'folder' : 'file' } : undefined;
  const outside = [...paths, ...(beside ? [beside] : [])].map(({ path }) => path).filter((path) => !host.inWorkspace(path));
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
  await host.show(link.page, { debugger: link.debugger, inspector: link.inspector });
  const lacking = [pick(reached, layer, units, host), await stand(compare, beside, host)].filter((fault) => fault !== undefined);
  const [first] = lacking;
  if (first !== undefined) throw new OperationalError(first.code, lacking.map(({ message }) => message).join(' '));
}

interface Fault {
  readonly code: 'bad-link' | 'no-file';
  readonly message: string;
}

function pick({ layers }: Reached, layer: number, units: readonly number[], host: LinkHost): Fault | undefined {
  if (units.length === 0) return undefined;
  const has = layers[layer]?.units ?? 0;
  if (units.some((unit) => unit >= has)) return { code: 'bad-link', message: `The link picks units that layer ${layer} does not have: it has ${has}. The session stands at the link's step.` };
  host.select(layer, units);
  return undefined;
}

async function stand(compare: LinkedComparison | undefined, beside: { readonly path: string; readonly kind: string } | undefined, host: LinkHost): Promise<Fault | undefined> {
  if (compare === undefined) return undefined;
  if (beside && (await host.kindOf(beside.path)) !== beside.kind) {
    return { code: 'no-file', message: `The link compares with ${beside.path}, and there is no such ${beside.kind} here. The session stands alone; choose another with "RNN: Compare with Run…".` };
  }
  await host.compare(compare);
  return undefined;
}
