// Plants a forbidden import on every border, in memory, and sees the lint fail; and an allowed one beside it that passes.
// Not a list of files: the table in scripts/lint/border-table.mjs is tested by what it forbids.
// Invariant: every border of the table has at least one planted violation here.
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { borders, ladder } from '../../scripts/lint/border-table.mjs';
import { projectRoot } from './project-files';

const eslint = new ESLint({ cwd: projectRoot });

async function messages(path: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath: `${projectRoot}${path}` });
  return results.flatMap((result) => result.messages.map((message) => `${message.ruleId ?? 'parse'}: ${message.message}`));
}

const probe = (specifier: string) => `import { thing } from '${specifier}';\nexport const other = thing;\n`;

/** Per border: a file in it, imports that must fail, and imports that must pass. */
const planted: Readonly<Record<string, { file: string; forbidden: string[]; allowed: string[] }>> = {
  'engine/base': { file: 'engine/base/probe.ts', forbidden: ['../ir/graph', 'node:fs', 'fs', 'vscode'], allowed: ['./span', '../runtime/tensor'] },
  'engine/language': { file: 'engine/language/probe.ts', forbidden: ['../ir/graph', '../passes/verify', 'node:path'], allowed: ['../base/span', 'langium'] },
  'engine/ir': { file: 'engine/ir/probe.ts', forbidden: ['../passes/verify', '../autodiff/differentiate', 'langium'], allowed: ['../language/parse', '../base/span', '../runtime/tensor'] },
  'engine/passes': { file: 'engine/passes/probe.ts', forbidden: ['../autodiff/differentiate', '../onnx/emit'], allowed: ['../ir/graph'] },
  'engine/autodiff': { file: 'engine/autodiff/probe.ts', forbidden: ['../onnx/emit', '../reference/interpret'], allowed: ['../passes/verify', '../ir/graph'] },
  'engine/onnx': { file: 'engine/onnx/probe.ts', forbidden: ['../trace/trace', '../runtime/session', 'onnxruntime-web'], allowed: ['../autodiff/differentiate', 'protobufjs', 'protobufjs/light'] },
  'engine/trace': { file: 'engine/trace/probe.ts', forbidden: ['../runtime/session', '../training/train', 'onnxruntime-common'], allowed: ['../onnx/emit', '../runtime/backend'] },
  'engine/runtime': { file: 'engine/runtime/probe.ts', forbidden: ['../training/train', '../data/text', 'onnxruntime-node', 'onnxruntime-web/webgpu'], allowed: ['../trace/trace'] },
  'engine/training': { file: 'engine/training/probe.ts', forbidden: ['../reference/interpret', '../../protocol/message', 'node:worker_threads'], allowed: ['../runtime/session', '../data/text', '../base/random'] },
  'engine/library': { file: 'engine/library/probe.ts', forbidden: ['../language/parse', '../ir/graph'], allowed: ['../base/span'] },
  'engine/reference': { file: 'engine/reference/probe.ts', forbidden: ['../passes/verify', '../onnx/emit', '../training/train'], allowed: ['../ir/graph', '../autodiff/differentiate'] },
  'engine/weights': { file: 'engine/weights/probe.ts', forbidden: ['../language/parse', '../training/train', 'node:fs'], allowed: ['../base/random', '../ir/model', '../runtime/tensor'] },
  'engine/data': { file: 'engine/data/probe.ts', forbidden: ['../language/parse', '../training/train', 'node:fs/promises'], allowed: ['../base/random', '../runtime/tensor', '../ir/model', '../trace/trace'] },
  engine: { file: 'engine/probe.ts', forbidden: ['../cli/main', '../extension/extension', 'node:os', 'vscode', 'onnxruntime-web'], allowed: ['./training/train'] },
  protocol: { file: 'protocol/probe.ts', forbidden: ['../engine/base/span', '../extension/extension', 'vscode', 'd3-scale'], allowed: ['./message'] },
  'extension/debug/adapter': { file: 'extension/debug/adapter/probe.ts', forbidden: ['vscode', '../../extension', '../panel', 'onnxruntime-node'], allowed: ['../../../engine/trace/trace', '../../../protocol/message', 'node:stream'] },
  'extension/engine-hosts/serve': { file: 'extension/engine-hosts/serve/probe.ts', forbidden: ['vscode', 'node:fs', 'onnxruntime-node', 'onnxruntime-web', '../node-platform', '../../extension'], allowed: ['../../../engine/training/train', '../../../protocol/channel', './platform'] },
  'extension/engine-hosts': { file: 'extension/engine-hosts/probe.ts', forbidden: ['vscode', '../extension', '../../webview/page'], allowed: ['onnxruntime-node', 'onnxruntime-web', '../../protocol/message', 'node:worker_threads'] },
  extension: { file: 'extension/probe.ts', forbidden: ['onnxruntime-node', './engine-hosts/cpu', '../webview/page', '../cli/main', '../test/tolerances'], allowed: ['vscode', './debug/adapter/session', '../cli/files/node-files', '../protocol/message', '../engine/base/span'] },
  webview: { file: 'webview/probe.ts', forbidden: ['vscode', '../engine/trace/trace', 'node:fs', 'onnxruntime-web', './worker/main'], allowed: ['../protocol/message', 'd3-scale'] },
  'webview/worker': { file: 'webview/worker/probe.ts', forbidden: ['vscode', '../page', 'node:fs', 'd3-scale'], allowed: ['onnxruntime-web/webgpu', '../../engine/runtime/backend'] },
  cli: { file: 'cli/probe.ts', forbidden: ['vscode', '../webview/page', '../extension/extension', '../test/tolerances'], allowed: ['node:fs', 'onnxruntime-node', '../engine/training/train', '../extension/debug/adapter/session'] },
  scripts: { file: 'scripts/probe.mjs', forbidden: ['../webview/page', '../test/tolerances'], allowed: ['../engine/base/span', 'esbuild'] },
  test: { file: 'test/probe.ts', forbidden: ['../examples/any', '../../elsewhere/file'], allowed: ['../engine/base/span', 'vitest'] },
};

describe('borders', () => {
  it('plants a violation on every border of the table', () => {
    const rungs = ladder.map((rung) => `engine/${rung}`);
    expect([...new Set([...Object.keys(planted), ...rungs])].sort()).toEqual(borders.map((border) => border.folder).sort());
  });

  it.each(ladder.map((rung, place) => [rung, ladder.slice(0, place), ladder.slice(place + 1)] as const))('the rung %s uses only those before it', async (rung, below, above) => {
    const file = `engine/${rung}/probe.ts`;
    for (const other of above) expect(await messages(file, probe(`../${other}/thing`)), other).toContainEqual(expect.stringContaining('house/borders'));
    for (const other of below) expect(await messages(file, probe(`../${other}/thing`)), other).toEqual([]);
    for (const outside of ['node:fs', 'vscode', 'onnxruntime-node', 'onnxruntime-web', '../../protocol/message', '../../cli/main']) {
      expect(await messages(file, probe(outside)), outside).toContainEqual(expect.stringContaining('house/borders'));
    }
  });

  for (const [folder, { file, forbidden, allowed }] of Object.entries(planted)) {
    for (const specifier of forbidden) {
      it(`${folder} may not import ${specifier}`, async () => {
        expect(await messages(file, probe(specifier))).toContainEqual(expect.stringContaining('house/borders'));
      });
    }
    for (const specifier of allowed) {
      it(`${folder} may import ${specifier}`, async () => {
        expect(await messages(file, probe(specifier))).toEqual([]);
      });
    }
  }

  it.each([
    ['dynamic import', `export const load = () => import('../onnx/emit');\n`],
    ['re-export', `export * from '../onnx/emit';\n`],
    ['type import', `import type { Emitted } from '../onnx/emit';\nexport type E = Emitted;\n`],
    ['import() type', `export type E = import('../onnx/emit').Emitted;\n`],
    ['require', `export const emitted: unknown = require('../onnx/emit');\n`],
  ])('sees a forbidden %s', async (_name, text) => {
    expect(await messages('engine/ir/probe.ts', text)).toContainEqual(expect.stringContaining('house/borders'));
  });
});

describe('the engine is a function of its arguments', () => {
  it.each([
    ['a clock', 'export const now = () => Date.now();\n', 'no-restricted-globals'],
    ['a fine clock', 'export const now = () => performance.now();\n', 'no-restricted-globals'],
    ['randomness', 'export const draw = () => Math.random();\n', 'no-restricted-properties'],
    ['the console', `export const say = () => console.log('x');\n`, 'no-restricted-globals'],
    ['the process', 'export const home = () => globalThis.process;\n', 'no-restricted-globals'],
    ['any', 'export const x: any = 1;\n', 'no-explicit-any'],
    ['an enum', 'export enum Kind { a }\n', 'no-restricted-syntax'],
    ['an undescribed ts-ignore', '// @ts-ignore\nexport const x = 1;\n', 'ban-ts-comment'],
    ['eval', `export const x: unknown = eval('1');\n`, 'no-eval'],
  ])('refuses %s', async (_name, text, rule) => {
    expect(await messages('engine/ir/probe.ts', text)).toContainEqual(expect.stringContaining(rule));
  });
});
