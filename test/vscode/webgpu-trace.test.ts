// The trace fixtures on WebGPU in a browser, through the worker that ships: PyTorch's numbers, and not one computing node left to the processor.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { writeSafetensors } from '../../engine/weights/safetensors';
import type { Tensor } from '../../engine/runtime/tensor';
import { fixtureFolder, readFixture } from '../fixtures/read-fixture';
import { projectRoot } from '../house/project-files';
import { tolerances } from '../tolerances';
import { disagreements } from '../trace/compare-columns';

/** Every loss, pooling of its own kind, direction and way in; further cells and masks with UNROLL_ALL_FIXTURES=1 (a software GPU takes seconds for each). */
const some = [
  'rnn-2-holes', 'gru-2-holes', 'peepholelstm-2-holes', 'layernormlstm-2-holes', 'odd-2-holes', 'lstm-2-both-holes', 'gru-last-both-holes', 'gru-max-both-holes',
  'gru-squarederror-holes', 'gru-binarycrossentropy-holes', 'lstm-embedding-holes', 'gru-1-both-initial-holes',
];
const fixtures = process.env['UNROLL_ALL_FIXTURES'] === '1' ? readFileSync(join(fixtureFolder, 'list.txt'), 'utf8').trim().split('\n') : some;

/** They move numbers and compute none; ONNX Runtime places them itself. */
const movesOnly = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'MemcpyFromHost', 'MemcpyToHost']);

let browser: Browser;
let page: Page;
const log: string[] = [];

type Engine = { readonly engine: { start(): Promise<void>; trace(text: string, weights: string, inputs: string): Promise<Record<string, { dims: number[]; data: number[] }>> } };

/** Operators by the provider that ONNX Runtime's own log names for them. */
function placements(lines: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  let provider: string | undefined;
  for (const line of lines) {
    if (!line.includes('VerifyEachNodeIsAssignedToAnEp')) continue;
    const head = /placed on \[(\w+)\]\. Number of nodes: (\d+)/.exec(line);
    if (head !== null) provider = head[1];
    const node = /AnEp\]\s+(\w+) \(/.exec(line)?.[1];
    if (provider === undefined) continue;
    const names = found.get(provider) ?? new Set();
    if (node !== undefined) names.add(node);
    found.set(provider, names);
  }
  return found;
}

/** Keys of the shaders that were compiled, in order: each is named in the line before. */
function compiled(lines: readonly string[]): readonly string[] {
  const found: string[] = [];
  let key = '';
  for (const line of lines) {
    key = /Starting program "([^"]*)"/.exec(line)?.[1] ?? key;
    if (/program_manager\.cc:\d+ Build/.test(line)) found.push(key);
  }
  return found;
}

beforeAll(async () => {
  const { outputFiles } = await build({ entryPoints: [join(projectRoot, 'test/vscode/webgpu-page/driver.ts')], bundle: true, format: 'iife', target: 'es2022', write: false });
  const files: Readonly<Record<string, readonly [string, Buffer]>> = {
    '/': ['text/html', Buffer.from('<!doctype html><title>engine</title><script src="/driver.js"></script>')],
    '/driver.js': ['text/javascript', Buffer.from(outputFiles[0]?.contents ?? [])],
    '/worker.js': ['text/javascript', readFileSync(join(projectRoot, 'dist/webview/webgpu-worker.js'))],
    '/runtime.wasm': ['application/wasm', readFileSync(join(projectRoot, 'dist/onnxruntime/ort-wasm-simd-threaded.asyncify.wasm'))],
  };
  browser = await startBrowser();
  page = await browser.newPage();
  page.on('console', (message) => log.push(message.text()));
  // No server: the browser asks for an address that only this test answers.
  await page.route('http://localhost:1/**', (route) => {
    const [contentType, body] = files[new URL(route.request().url()).pathname] ?? ['text/plain', Buffer.from('')];
    return route.fulfill({ contentType, body });
  });
  await page.goto('http://localhost:1/');
  await page.evaluate(() => (globalThis as unknown as Engine).engine.start());
});
afterAll(() => browser?.close());

const base64 = (tensors: ReadonlyMap<string, Tensor>): string => Buffer.from(writeSafetensors(tensors)).toString('base64');

describe('on WebGPU', () => {
  it.each(fixtures)('%s', async (name) => {
    const fixture = readFixture(name);
    const columns = await page.evaluate(([text, weights, inputs]) => (globalThis as unknown as Engine).engine.trace(text, weights, inputs), [fixture.model, base64(fixture.weights), base64(fixture.inputs)] as const);
    expect(disagreements(new Map(Object.entries(columns)), fixture.trace, tolerances.webgpuTrace)).toEqual([]);
  });

  it('computed every node there', () => {
    const found = placements(log);
    expect(found.has('WebGpuExecutionProvider')).toBe(true);
    const elsewhere = [...found].filter(([provider]) => provider !== 'WebGpuExecutionProvider').flatMap(([provider, names]) => [...names].filter((name) => !movesOnly.has(name)).map((name) => `${name} on ${provider}`));
    expect(elsewhere).toEqual([]);
  });

  it('compiled every shader once, although no two programs were open at a time', () => {
    const keys = compiled(log);
    expect(keys.length).toBeGreaterThan(20);
    expect(keys.filter((key, place) => keys.indexOf(key) !== place)).toEqual([]);
  });
});
