// *RNN: Debug RNN* and *RNN: Debug This Sequence…*: which file, which model, which sequence, which weights, then a debug session.
// Not the session (adapter/) and not its configuration by launch.json.
// Invariant: leaving a question starts nothing; a model whose data cannot be opened is explained by the session, not here.
import * as vscode from 'vscode';
import { OperationalError } from '../../engine/base/operational-error';
import { chooseModel } from '../../engine/ir/compile-model';
import type { DataSource } from '../../engine/data/data-source';
import { loadModel } from '../../engine/training/load-model';
import { dataFolder } from '../../cli/files/data-folder';
import { debugType } from '../contributions';
import { chooseWeights } from './choose-weights';
import { chooseModelName, findSource, readArguments } from '../training/model-source';

/** As many sequences as a person can choose from by reading. */
const mostShown = 500;

/** The configuration for a file and a model; undefined when a question was left. */
export async function configurationOf(args: readonly unknown[]): Promise<vscode.DebugConfiguration | undefined> {
  const given = readArguments(args);
  const source = await findSource(given.uri, 'Debug RNN');
  if (source === undefined) return undefined;
  const chosen = await chooseModelName(source, given.model, 'Debug RNN');
  return chosen && { type: debugType, request: 'launch', name: 'Debug RNN', program: source.document.uri.fsPath, stopOnEntry: true, ...chosen };
}

export async function debugRnn(...args: readonly unknown[]): Promise<void> {
  const configuration = await configurationOf(args);
  if (configuration !== undefined) await start(configuration);
}

export async function debugSequence(...args: readonly unknown[]): Promise<void> {
  const given = readArguments(args);
  const found = await findSource(given.uri, 'Debug This Sequence');
  const chosen = found && (await chooseModelName(found, given.model, 'Debug This Sequence'));
  if (found === undefined || chosen === undefined) return;
  const model = chooseModel(found.program, chosen.model);
  if ('diagnostic' in model) throw new OperationalError(model.diagnostic.code, model.diagnostic.message);
  const { source, problems } = await loadModel(found.program, model.model, dataFolder('/'));
  if (source === undefined) throw new OperationalError('no-data', problems.find(({ severity }) => severity === 'error')?.message ?? 'This model declares its input on tensors; name a file with "inputs" in a launch configuration.');
  const count = Math.min(source.validationSequences, mostShown);
  if (count === 0) throw new OperationalError('no-validation', 'The data have no validation split to take a sequence from.');
  const items = Array.from({ length: count }, (_, index) => ({ label: textOf(source, index), description: `sequence ${index}`, index }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Debug This Sequence', placeHolder: 'Type a part of the sequence', matchOnDescription: true });
  const weights = picked && (await chooseWeights(found.document.uri.fsPath, model.model.name.text));
  if (picked === undefined || weights === undefined) return;
  await start({ type: debugType, request: 'launch', name: `Debug sequence ${picked.index}`, program: found.document.uri.fsPath, stopOnEntry: true, sequence: picked.index, ...chosen, ...weights });
}

async function start(configuration: vscode.DebugConfiguration): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(String(configuration['program'])));
  await vscode.debug.startDebugging(folder, configuration);
}

/** A sequence as a person reads it: its text, or its first numbers. */
function textOf(source: DataSource, index: number): string {
  const { x } = source.validationSequence(index);
  const { vocabulary } = source;
  if (x.kind === 'i32') return Array.from(x.data.slice(0, 80), (id) => vocabulary?.[id] ?? `${id} `).join('').replace(/\n/g, '⏎');
  return Array.from(x.data.slice(0, 8), (value) => Number(value.toPrecision(3))).join(', ');
}
