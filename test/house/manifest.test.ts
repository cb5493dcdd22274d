// package.json and the code name the same commands, settings, language and debug type; nothing is announced twice or missing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as contributions from '../../extension/contributions';
import { projectRoot } from './project-files';

interface Command { readonly command: string; readonly title: string; readonly category: string }
interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly languages: readonly { readonly id: string; readonly extensions: readonly string[]; readonly configuration: string; readonly icon: Readonly<Record<string, string>> }[];
    readonly grammars: readonly { readonly language: string; readonly path: string }[];
    readonly snippets: readonly { readonly language: string; readonly path: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown; readonly enum?: readonly string[] }>> };
    readonly debuggers: readonly { readonly type: string; readonly languages: readonly string[]; readonly configurationAttributes: { readonly launch: { readonly properties: Readonly<Record<string, unknown>> } }; readonly initialConfigurations: readonly object[]; readonly configurationSnippets: readonly { readonly label: string; readonly body: object }[] }[];
    readonly breakpoints: readonly { readonly language: string }[];
  };
}

const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;

describe('package.json and extension/contributions.ts', () => {
  it('name the same commands', () => {
    expect(contributes.commands.map(({ command }) => command).sort()).toEqual([...contributions.commandIds].sort());
  });

  it('begin every command id with rnn. and put it into the category RNN', () => {
    expect(contributes.commands.filter(({ command, category }) => !command.startsWith('rnn.') || category !== contributions.commandCategory)).toEqual([]);
  });

  it('offer only announced commands in menus', () => {
    const offered = Object.values(contributes.menus).flat().map(({ command }) => command);
    expect(offered.filter((command) => !(contributions.commandIds as readonly string[]).includes(command))).toEqual([]);
  });

  it('ask menus only for known context keys', () => {
    const known: readonly string[] = Object.values(contributions.contextKeys);
    const asked = Object.values(contributes.menus).flat().flatMap(({ when }) => when?.match(/\brnn\.\w+/g) ?? []);
    expect(asked.filter((key) => !known.includes(key))).toEqual([]);
  });

  it('name the same settings with the same defaults', () => {
    const defaults = Object.fromEntries(Object.entries(contributes.configuration.properties).map(([name, { default: value }]) => [name, value]));
    expect(defaults).toEqual(Object.fromEntries(Object.entries(contributions.settingDefaults).map(([name, value]) => [`${contributions.settingsSection}.${name}`, value])));
    expect(contributes.configuration.properties['rnn.backend']?.enum).toEqual([...contributions.backendChoices]);
  });

  it('name the same language, debug type and extension', () => {
    expect(contributes.languages.map(({ id, extensions }) => ({ id, extensions }))).toEqual([{ id: contributions.languageId, extensions: ['.rnn'] }]);
    expect(contributes.grammars.map(({ language }) => language)).toEqual([contributions.languageId]);
    expect(contributes.breakpoints).toEqual([{ language: contributions.languageId }]);
    expect(contributes.debuggers.map(({ type, languages }) => ({ type, languages }))).toEqual([{ type: contributions.debugType, languages: [contributions.languageId] }]);
    expect(manifest.activationEvents).toContain(`onDebugResolve:${contributions.debugType}`);
    expect(`${manifest.publisher}.${manifest.name}`).toBe(contributions.extensionId);
  });

  it('describe every argument of a launch', () => {
    expect(Object.keys(contributes.debuggers[0]?.configurationAttributes.launch.properties ?? {}).sort())
      .toEqual(['backend', 'inputs', 'iteration', 'model', 'pass', 'program', 'run', 'sequence', 'stopOnEntry', 'weights']);
  });

  it('use in snippets and first configurations of a launch only what is described', () => {
    const [debug] = contributes.debuggers;
    const bodies = [...(debug?.initialConfigurations ?? []), ...(debug?.configurationSnippets ?? []).map(({ body }) => body)];
    expect(bodies.length).toBeGreaterThan(3);
    const known = new Set(['type', 'request', 'name', ...Object.keys(debug?.configurationAttributes.launch.properties ?? {})]);
    expect(bodies.flatMap((body) => Object.keys(body)).filter((key) => !known.has(key))).toEqual([]);
    expect((debug?.configurationSnippets ?? []).filter(({ label, body }) => !label.startsWith('RNN: ') || !('program' in body))).toEqual([]);
  });

  it('take the same text for a word', () => {
    const configuration = JSON.parse(readFileSync(join(projectRoot, contributes.languages[0]?.configuration ?? ''), 'utf8')) as { readonly wordPattern: string };
    expect(readFileSync(join(projectRoot, 'extension/language/words.ts'), 'utf8')).toContain(`wordPattern = /${configuration.wordPattern}/;`);
  });

  it('point to files that are there', () => {
    const files = [...contributes.grammars, ...contributes.snippets].map(({ path }) => path)
      .concat(contributes.languages.flatMap(({ configuration, icon }) => [configuration, ...Object.values(icon)]));
    expect(files.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
  });
});
