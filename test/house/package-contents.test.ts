// What must not ship is refused, and what must is missed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { problems } from '../../scripts/package-contents.mjs';
import { projectRoot } from './project-files';

const complete = [
  'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'ThirdPartyNotices.txt', 'dist/extension/extension.cjs', 'dist/webview/training.js',
  'media/syntaxes/rnn.tmLanguage.json', 'media/language-configuration.json', 'media/snippets/rnn.json', 'examples/moby-dick.rnn', 'examples/moby-dick.txt', 'engine/library/lstm.rnn',
  'dist/onnxruntime/ort-wasm-simd-threaded.wasm', 'dist/onnxruntime/ort-wasm-simd-threaded.asyncify.wasm',
];
const binding = 'dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node';

describe('the contents of a .vsix', () => {
  it('are fine when they are complete', () => {
    expect(problems(complete, false)).toEqual([]);
    expect(problems([...complete, binding], true)).toEqual([]);
  });

  it.each(['test/house/tidy.test.ts', 'dist/extension/extension.cjs.map', 'engine/library/index.ts', '.npmrc', 'node_modules/x/index.js', 'examples/.unroll/runs/1/run.json'])('refuse %s', (path) => {
    expect(problems([...complete, path], false)).toEqual([`${path} must not ship`]);
  });

  it.each(complete)('miss %s', (path) => {
    expect(problems(complete.filter((other) => other !== path), false)).toEqual([`${path} is missing`]);
  });

  it('miss a bundle that the build wrote and the archive lacks', () => {
    expect(problems(complete, false, ['dist/extension/extension.cjs', 'dist/extension/engine-wasm-host.cjs', 'dist/cli/unroll.mjs'])).toEqual(['dist/extension/engine-wasm-host.cjs is missing']);
  });

  it('carry one native binding where there is cpu, and none elsewhere', () => {
    expect(problems([...complete, binding], false)).toHaveLength(1);
    expect(problems(complete, true)).toHaveLength(1);
    expect(problems([...complete, binding, binding.replace('linux', 'darwin')], true)).toHaveLength(1);
  });
});

describe('the sizes in the README', () => {
  it('are those that were measured last', () => {
    const { figures } = JSON.parse(readFileSync(join(projectRoot, 'docs/proof/package.json'), 'utf8')) as { readonly figures: readonly { readonly archive: string; readonly megabytes: number }[] };
    const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
    const said = [...readme.matchAll(/about (\d+) MB/g)].map(([, size]) => Number(size));
    expect(said).toHaveLength(2);
    // The README rounds: it need not change with every line of code.
    expect(figures.map(({ megabytes }) => said.some((size) => Math.abs(size - megabytes) <= 1))).toEqual([true, true]);
  });
});
