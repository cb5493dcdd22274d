// *RNN: Copy Link to This State*: writes where the debug session stands as a URI and puts it on the clipboard.
// Not the URI's parts (link-text.ts) and not opening it (open-link.ts).
import { isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { OperationalError } from '../../engine/base/operational-error';
import { extensionId } from '../contributions';
import type { ShownPass } from '../debug/shown-pass';
import { linkPath, linkQuery, type LinkedState } from './link-text';

/** Throws OperationalError `no-session` without a recorded pass, `no-link` for one that a link cannot record again. */
export function copyLink(pass: ShownPass): () => Promise<null> {
  return async () => {
    const uri = vscode.Uri.from({ scheme: vscode.env.uriScheme, authority: extensionId, path: linkPath, query: linkQuery(stateOf(pass)) });
    await vscode.env.clipboard.writeText(uri.toString());
    vscode.window.setStatusBarMessage(`Link copied${whatIsLeftOut(pass)}`, 5_000);
    return null;
  };
}

/** Edits live in their session alone, and what is compared with them too. */
function whatIsLeftOut({ header, comparedWith }: ShownPass): string {
  const left = [...((header?.trace.edits.length ?? 0) > 0 ? ['without the edits by hand'] : []), ...(header?.comparison.compared !== undefined && comparedWith === undefined ? ['without the what-if beside it'] : [])];
  return left.length === 0 ? '' : `; it opens the pass as recorded, ${left.join(' and ')}`;
}

function stateOf({ header, cursor, selection, launched, comparedWith, choices, front }: ShownPass): LinkedState {
  if (header === undefined || cursor === undefined || launched === undefined) throw new OperationalError('no-session', 'There is no recorded pass to link to. Start a debug session with "RNN: Debug RNN".');
  const { configuration, folder } = launched;
  if (configuration['pass'] === 'train') throw new OperationalError('no-link', 'A link opens one recorded sequence, and this session stands inside a training. Debug a sequence, then copy the link.');
  const text = (name: string): string | undefined => (typeof configuration[name] === 'string' ? configuration[name] : undefined);
  const path = (name: string): string | undefined => {
    const given = text(name);
    if (given === undefined || isAbsolute(given)) return given;
    if (folder === undefined) throw new OperationalError('no-link', `The launch configuration names ${given} without its folder, so no link can find it. Write the whole path.`);
    return resolve(folder, given);
  };
  const file = path('program');
  if (file === undefined) throw new OperationalError('no-link', 'This session has no file that a link could name.');
  const [model, run, weights, inputs] = [text('model'), path('run'), path('weights'), path('inputs')];
  return {
    file, ...(model === undefined ? {} : { model }), ...(run === undefined ? {} : { run }), ...(weights === undefined ? {} : { weights }), ...(inputs === undefined ? {} : { inputs }),
    sequence: header.trace.sequence.index, step: cursor.step, pass: cursor.pass, layer: selection.layer, units: selection.units,
    ...(comparedWith === undefined ? {} : { compare: comparedWith.with }), page: front, debugger: { ...choices.debugger, layer: cursor.layer }, inspector: choices.inspector,
  };
}
