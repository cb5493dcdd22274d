// Engines in a child process and in a worker: the same run everywhere, every message answered, a death survived.
import { execFileSync, fork } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineBackend, type EngineHost, type EngineOwner, type FormerRun, engineScope } from '../../protocol/engine-host';
import { Channel, type Port, RequestError } from '../../protocol/channel';
import type { EngineLink } from '../../extension/training/engine-link';
import { ownerFiles } from '../../extension/training/owner-files';
import { startCpuEngine, startWasmEngine } from '../../extension/training/node-engines';
import { ParameterView } from '../../extension/training/parameter-view';
import { type RunChange, type RunRequest, TrainingRun } from '../../extension/training/training-run';
import { floats } from '../../engine/runtime/tensor';
import { readSafetensors, writeSafetensors } from '../../engine/weights/safetensors';
import { tolerances } from '../tolerances';
import { relativeError } from '../trace/compare-columns';
import { dist, needBuilt, smallModel } from './small-model';

const starters = { cpu: startCpuEngine, wasm: startWasmEngine } as const;
const text = smallModel(90);

let folder: string;
beforeAll(() => {
  needBuilt();
  folder = mkdtempSync(join(tmpdir(), 'unroll-engines-'));
  writeFileSync(join(folder, 'small.rnn'), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asked = (name: string): Omit<RunRequest, 'wanted'> => ({ file: join(folder, 'small.rnn'), text, imports: [], runId: name, run: join(folder, name), threads: 1, settings: {}, started: '2026-01-01T00:00:00.000Z', validateEvery: 20 });
const request = (wanted: RunRequest['wanted'], name: string, change: Partial<RunRequest> = {}): RunRequest => ({ ...asked(name), wanted, ...change });

function lines(run: string): readonly Record<string, unknown>[] {
  return readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>).map(({ run: _, ...line }) => line);
}

const pagesOnly = new Set<unknown>(['horizon', 'parameters', 'saturation']);

/** The command line measures no more than it prints; an engine with a page looks at the parameters and the saturation besides. */
const trained = (run: string): readonly Record<string, unknown>[] => lines(run).filter(({ kind }) => !pagesOnly.has(kind));

const known = new Map<string, readonly Record<string, unknown>[]>();

/** What `unroll train --json` prints for the same model, once. */
function commandLine(backend: string): readonly Record<string, unknown>[] {
  const before = known.get(backend);
  if (before !== undefined) return before;
  const out = execFileSync(process.execPath, [join(dist, 'cli/unroll.mjs'), 'train', 'small.rnn', '--json', '--backend', backend, '--validate-every', '20', '--out', `cli-${backend}`], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const printed = out.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>).map(({ run: _, ...line }) => line);
  known.set(backend, printed);
  return printed;
}

const start = (backend: EngineBackend): EngineLink => {
  if (backend === 'webgpu') throw new RequestError('backend-missing', 'there is no page here');
  return starters[backend](dist);
};

describe.each(['cpu', 'wasm'] as const)('a run on %s', (backend) => {
  it('gives the numbers of the command line, in its files and in its messages', async () => {
    const run = new TrainingRun(request(backend, `plain-${backend}`), start, () => performance.now());
    const changes: RunChange[] = [];
    run.onChange((change) => changes.push(change));
    expect(await run.begin()).toMatchObject({ kind: 'opened', iteration: 0, header: { model: 'Small', iterations: 90, backend: { name: backend } } });
    expect(await run.ended()).toMatchObject({ state: 'finished', iteration: 90 });
    const wanted = commandLine(backend);
    expect(trained(run.request.run)).toEqual(wanted);
    const { iterations, validation } = run.soFar ?? { iterations: undefined, validation: [] };
    const measured = wanted.filter(({ kind }) => kind === 'iteration');
    expect([...(iterations?.loss ?? [])]).toEqual(measured.map(({ loss }) => loss));
    expect([...(iterations?.gradNorm ?? [])]).toEqual(measured.map(({ gradNorm }) => gradNorm));
    expect(validation.map(({ loss }) => loss)).toEqual(wanted.filter(({ kind }) => kind === 'validation').map(({ validationLoss }) => validationLoss));
    // Batches, not one message an iteration.
    expect(changes.filter(({ kind }) => kind === 'iterations').length).toBeLessThan(90);
  });

  it('shows of parameters and saturation what stands in its files, and the same after it was stopped and taken up again', async () => {
    const change = { settings: { iterations: '400', batch: '64' }, validateEvery: 50 };
    const run = new TrainingRun(request(backend, `looked-${backend}`, change), start, () => performance.now());
    await run.begin();
    await run.ended();
    const { parameters = [], saturation = [], header } = run.soFar ?? {};
    expect([header?.parameters, header?.saturation?.first]).toEqual([{ first: 5 }, 50]);
    const written = (kind: string, of = run): readonly Record<string, unknown>[] => lines(of.request.run).filter((line) => line['kind'] === kind);
    const plain = parameters.map(({ iteration, tensors }) => ({ kind: 'parameters', iteration, tensors: tensors.map((tensor) => ({ ...tensor, values: { ...tensor.values, counts: [...tensor.values.counts] }, changes: { ...tensor.changes, counts: [...tensor.changes.counts] } })) }));
    expect(plain.length).toBe(80);
    expect(plain).toEqual(written('parameters'));
    expect(saturation.map((column) => ({ kind: 'saturation', ...column }))).toEqual(written('saturation'));
    expect(saturation.map(({ iteration, values }) => [iteration, values.map(({ name }) => name)])[0]).toEqual([50, ['r.i', 'r.f', 'r.g', 'r.o']]);
    const stopped = new TrainingRun(request(backend, `looked-twice-${backend}`, change), start, () => performance.now());
    let asked = false;
    stopped.onChange(({ kind }) => {
      if (kind !== 'parameters' || asked) return;
      asked = true;
      void stopped.stop();
    });
    await stopped.begin();
    expect((await stopped.ended()).state).toBe('stopped');
    await stopped.restart();
    expect(await stopped.ended()).toMatchObject({ state: 'finished', iteration: 400 });
    expect(stopped.soFar?.parameters).toEqual(parameters);
    expect(stopped.soFar?.saturation).toEqual(saturation);
    for (const kind of ['parameters', 'saturation']) expect(written(kind, stopped)).toEqual(written(kind));
  });

  it('hands out the parameters at an iteration, with its gradient and its update', async () => {
    const run = new TrainingRun(request(backend, `kept-${backend}`), start, () => performance.now());
    await run.begin();
    await run.ended();
    const view = new ParameterView(run, start);
    const newest = await view.look(null);
    expect(newest).toMatchObject({ iteration: 90, exact: true, loss: run.soFar?.iterations.loss[89] });
    const { tensors } = readSafetensors(readFileSync(join(run.request.run, 'checkpoints/iteration-000000090.safetensors')), 'kept');
    for (const { name } of newest.tensors) expect(await view.numbers(newest.id, name, 'value')).toEqual(tensors.get(name)?.data);
    // At the iteration before it: what the last one changed lies between the two.
    const changed = await view.numbers(newest.id, 'r.U_f', 'update');
    expect(changed.some((value) => value !== 0)).toBe(true);
    const before = await view.look(89);
    const own = await view.numbers(before.id, 'r.U_f', 'value');
    expect([...own].map((value, i) => Math.fround(Number(tensors.get('r.U_f')?.data[i]) - value))).toEqual([...changed]);
    const squares = await Promise.all(before.tensors.map(async ({ name }) => (await view.numbers(before.id, name, 'gradient')).reduce((sum, value) => sum + value * value, 0)));
    expect(relativeError({ dims: [], data: [Math.sqrt(squares.reduce((a, b) => a + b, 0))] }, { dims: [], data: [run.soFar?.iterations.gradNorm[88] ?? NaN] })).toBeLessThan(tolerances.fusedGradient);
    await expect(view.numbers(newest.id, 'r.U_f', 'value')).rejects.toMatchObject({ code: 'no-numbers' });
    await expect(view.look(91)).rejects.toMatchObject({ code: 'no-iteration' });
    const first = await view.look(0);
    expect(first).toMatchObject({ iteration: 0 });
    await expect(view.numbers(first.id, 'r.U_f', 'gradient')).rejects.toMatchObject({ code: 'no-numbers' });
    view.close();
  });

  it('pauses, resumes, stops with a checkpoint and goes on as if nothing had happened', async () => {
    const run = new TrainingRun(request(backend, `paused-${backend}`, { settings: { iterations: '4000' } }), start, () => performance.now());
    await run.begin();
    await run.pause();
    const at = run.status;
    expect(at.state).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(run.status.iteration).toBe(at.iteration);
    await run.resume();
    // Somebody types: slower, and the same numbers.
    run.standBack(100);
    await run.stop();
    const stopped = await run.ended();
    expect(stopped).toMatchObject({ state: 'stopped', canRestart: true });
    expect(existsSync(join(run.request.run, `checkpoints/iteration-${String(stopped.iteration).padStart(9, '0')}.safetensors`))).toBe(true);
    await run.restart();
    await run.pause();
    const { loss } = run.soFar?.iterations ?? { loss: new Float64Array() };
    await run.stop();
    await run.ended();
    const measured = commandLine(backend).filter(({ kind }) => kind === 'iteration').map((line) => line['loss']);
    const shared = Math.min(measured.length, loss.length);
    expect([...loss].slice(0, shared)).toEqual(measured.slice(0, shared));
  });

  it('answers every message, fitting or not', async () => {
    const { channel, close } = start(backend);
    await expect(channel.request('start', {})).rejects.toMatchObject({ code: 'no-run' });
    await expect(channel.request('weights', {})).rejects.toMatchObject({ code: 'no-run' });
    await expect(channel.request('nonsense' as 'start', {})).rejects.toMatchObject({ code: 'unknown-request' });
    await expect(channel.request('column', { traceId: 7, name: 'loss' })).rejects.toMatchObject({ code: 'trace-unknown' });
    await expect(channel.request('probe', { backend, threads: 1 })).resolves.toMatchObject({ detail: expect.stringContaining('ONNX Runtime') as string });
    const waiting = channel.request('probe', { backend, threads: 1 });
    close();
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(channel.request('start', {})).rejects.toMatchObject({ code: 'closed' });
  });

  it('says what is wrong with a text, with its data and with a name', async () => {
    const wrong = async (change: Partial<RunRequest>) => new TrainingRun(request(backend, `wrong-${backend}`, change), start, () => 0).begin();
    expect(await wrong({ text: text.replace('LSTM(x', 'LTSM(x') })).toMatchObject({ kind: 'wrong', problems: [{ line: 3, severity: 'error', message: expect.stringContaining('LSTM') as string }] });
    expect(await wrong({ text: text.replace('adding(length: 12)', 'text("none.txt")') })).toMatchObject({ kind: 'wrong', problems: [{ code: 'data-missing', line: 2 }] });
    expect(await wrong({ model: 'Smal' })).toMatchObject({ kind: 'wrong', problems: [{ code: 'model-unknown', message: expect.stringContaining('Small') as string }] });
    expect(existsSync(join(folder, `wrong-${backend}`))).toBe(false);
    // A folder that cannot be made, whoever runs the tests: its parent is a file.
    writeFileSync(join(folder, 'a-file'), '');
    await expect(new TrainingRun(request(backend, `a-file/${backend}`), start, () => 0).begin()).rejects.toMatchObject({ code: 'run-unwritable', message: expect.stringMatching(/cannot be written: .* put the model into a folder that can be written to\.$/) as string });
  });

  it('records a trace and hands out its columns', async () => {
    const model = 'model Probe {\n  input x[3]\n  layer r = GRU(x, hidden: 4)\n  output y = Linear(r, size: 2)\n  loss squaredError(y)\n}\n';
    const inputs = writeSafetensors(new Map([['x', floats([2, 5, 3], Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)))], ['y', floats([2, 5, 2], Float32Array.from({ length: 20 }, (_, i) => Math.cos(i)))]]));
    const { channel, close } = start(backend);
    const answer = await channel.request('trace', { file: join(folder, 'probe.rnn'), text: model, imports: [], backend, threads: 1, inputs });
    if (answer.kind !== 'recorded') throw new Error(answer.problems[0]?.message);
    expect(answer.trace.loss).toBeGreaterThan(0);
    expect(answer.trace.columns).toContainEqual({ name: 'grad/r.h', dims: [2, 5, 4] });
    const whole = await channel.request('column', { traceId: answer.trace.traceId, name: 'value/r.h' });
    expect(whole).toHaveLength(40);
    expect(await channel.request('column', { traceId: answer.trace.traceId, name: 'value/r.h', start: 4, end: 8 })).toEqual(whole.slice(4, 8));
    close();
  });

  it('proves the gradients of a model and of a lone cell', async () => {
    const { channel, close } = start(backend);
    const file = join(folder, 'cell.rnn');
    expect(await channel.request('checkGradients', { file: join(folder, 'small.rnn'), text, imports: [] })).toMatchObject({ passed: true, problems: [] });
    expect(await channel.request('checkGradients', { file, text: "cell Own(n) { input x state h[n] param W[n, x], U[n, n]\n h' = tanh(W @ x + U @ h) }", imports: [] })).toMatchObject({ passed: true });
    expect(await channel.request('checkGradients', { file, text: "cell Own(n) { input x state h[n]\n h' = tanh(W @ x) }", imports: [] })).toMatchObject({ passed: false, problems: [{ code: 'unknown-name' }] });
    close();
  });
});

describe('a run from its folder', () => {
  const folderOf = (name: string): string => join(folder, name);
  const train = (name: string, count: number): void => {
    execFileSync(process.execPath, [join(dist, 'cli/unroll.mjs'), 'train', 'small.rnn', '--backend', 'cpu', '--validate-every', '20', '--set', `iterations=${count}`, '--out', name], { cwd: folder, stdio: 'ignore' });
  };
  const read = async (name: string): Promise<FormerRun> => {
    const { channel, close } = start('wasm');
    try {
      return await channel.request('readFormerRun', { file: join(folder, 'small.rnn'), text, imports: [], model: 'Small', runId: name, run: folderOf(name) });
    } finally {
      close();
    }
  };

  it('is shown with the numbers of its files, and goes on from there to the numbers it would have had', async () => {
    const whole = new TrainingRun(request('cpu', 'former'), start, () => performance.now());
    whole.onChange((change) => { if (change.kind === 'validation' && change.point.iteration === 40) void whole.stop(); });
    await whole.begin();
    const { iteration } = await whole.ended();
    const found = await read('former');
    if (found.kind !== 'read') throw new Error(found.problems[0]?.message);
    expect(found).toMatchObject({ status: 'stopped', iteration, header: { model: 'Small', iterations: 90, backend: { name: 'cpu', threads: 1 }, loss: { name: 'squared error' } } });
    expect(found.header).toEqual({ ...whole.soFar?.header, runId: 'former', validation: found.header.validation, saturation: found.header.saturation });
    expect({ ...found.iterations }).toEqual({ ...whole.soFar?.iterations });
    expect(found.validation).toEqual(whole.soFar?.validation);
    expect(found.horizon).toEqual(whole.soFar?.horizon);
    expect(found.parameters.length).toBeGreaterThan(0);
    expect(found.parameters).toEqual(whole.soFar?.parameters);
    const taken = new TrainingRun(request('cpu', 'former'), start, () => performance.now());
    taken.adopt(found);
    expect(taken.status).toMatchObject({ state: 'stopped', canRestart: true, iteration });
    await taken.restart();
    expect(await taken.ended()).toMatchObject({ state: 'finished', iteration: 90 });
    expect(trained(folderOf('former'))).toEqual(commandLine('cpu'));
    expect([...(taken.soFar?.iterations.loss ?? [])]).toEqual(lines(folderOf('former')).filter(({ kind }) => kind === 'iteration').map(({ loss }) => loss));
  });

  it('that finished cannot go on, and one without an end says so', async () => {
    train('finished', 30);
    const finished = await read('finished');
    expect(finished).toMatchObject({ kind: 'read', status: 'finished', iteration: 30 });
    const file = join(folder, 'finished/run.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"finished"', '"running"'));
    const cutOff = await read('finished');
    const shown = (of: FormerRun) => {
      const run = new TrainingRun(request('cpu', 'finished'), start, () => performance.now());
      if (of.kind === 'read') run.adopt(of);
      return run.status;
    };
    expect(shown(finished)).toMatchObject({ state: 'finished', sentence: '' });
    expect(shown(finished).canRestart).toBeUndefined();
    expect(shown(cutOff)).toMatchObject({ state: 'stopped', canRestart: true, sentence: expect.stringContaining('cut off') as string });
    await expect(read('nowhere')).rejects.toMatchObject({ code: 'run-missing' });
  });

  it('keeps what its engine had done when the owner went without a word', async () => {
    const child = fork(join(dist, 'extension/engine-cpu-host.cjs'), [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const port: Port = { post: (message) => child.send(message as object), receive: (listener) => (child.on('message', listener), () => child.off('message', listener)) };
    const channel = new Channel<EngineOwner, EngineHost>(port, engineScope, ownerFiles);
    await channel.request('open', { ...asked('left'), settings: { iterations: '100000' }, backend: 'cpu', resume: false });
    const begun = new Promise<void>((resolve) => channel.on('iterations', () => resolve()));
    await channel.request('start', {});
    await begun;
    // What the end of the owner's process does to the connection.
    child.disconnect();
    expect(await gone).toBe(0);
    expect(JSON.parse(readFileSync(join(folderOf('left'), 'run.json'), 'utf8'))).toMatchObject({ status: 'stopped' });
    const { iteration } = JSON.parse(readFileSync(join(folderOf('left'), 'run.json'), 'utf8')) as { readonly iteration: number };
    expect(existsSync(join(folderOf('left'), `checkpoints/iteration-${String(iteration).padStart(9, '0')}.safetensors`))).toBe(true);
  });
});

describe('a run that is cancelled while it is prepared', () => {
  it('has not begun, leaves its engine at once and tries no other backend', async () => {
    const abort = new AbortController();
    const tried: string[] = [];
    const run = new TrainingRun(request('auto', 'cancelled'), (backend) => {
      tried.push(backend);
      const link = start(backend);
      setTimeout(() => abort.abort(), 0);
      return link;
    }, () => performance.now());
    await expect(run.begin(abort.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(tried).toEqual(['cpu']);
    expect(run.soFar).toBeUndefined();
  });
});

describe('a killed engine', () => {
  const links: EngineLink[] = [];
  const watched = (backend: EngineBackend): EngineLink => {
    const link = start(backend);
    links.push(link);
    return link;
  };
  const kill = (): void => {
    const { pid } = links.at(-1) ?? {};
    if (pid === undefined) throw new Error('the engine has no process');
    process.kill(pid, 'SIGKILL');
  };

  it('is started again once, says so, and the run ends with the numbers it would have had', async () => {
    const run = new TrainingRun(request('cpu', 'killed'), watched, () => performance.now());
    const notices: string[] = [];
    let killed = false;
    run.onChange((change) => {
      if (change.kind === 'notice') notices.push(change.sentence);
      if (change.kind === 'validation' && change.point.iteration === 40 && !killed) {
        killed = true;
        kill();
      }
    });
    await run.begin();
    expect(await run.ended()).toMatchObject({ state: 'finished', iteration: 90 });
    expect(links).toHaveLength(2);
    expect(notices.join(' ')).toMatch(/The engine was lost \(.*SIGKILL.*\) and started again; the run went on from iteration \d+\./);
    const wanted = commandLine('cpu');
    expect(trained(run.request.run)).toEqual(wanted);
    expect([...(run.soFar?.iterations.loss ?? [])]).toEqual(wanted.filter(({ kind }) => kind === 'iteration').map(({ loss }) => loss));
  });

  it('is given up after the second death; what a checkpoint holds is kept and can be taken up', async () => {
    links.length = 0;
    const run = new TrainingRun(request('cpu', 'killed-twice'), watched, () => performance.now());
    let deaths = 0;
    run.onChange((change) => {
      if (change.kind === 'validation' && deaths < 2) {
        deaths += 1;
        kill();
      }
    });
    await run.begin();
    const status = await run.ended();
    expect(status).toMatchObject({ state: 'failed', canRestart: true });
    expect(status.sentence).toContain('lost twice');
    await run.restart();
    expect(await run.ended()).toMatchObject({ state: 'finished', iteration: 90 });
    expect(trained(run.request.run)).toEqual(commandLine('cpu'));
  });
});

describe('the choice of the backend', () => {
  it('takes the native one for auto and says why', async () => {
    const run = new TrainingRun(request('auto', 'auto'), start, () => performance.now());
    await run.begin();
    expect(run.soFar?.header.backend).toMatchObject({ name: 'cpu', chosenBecause: expect.stringContaining('native') as string });
    await run.ended();
  });

  it('falls back with the reason, and never silently', async () => {
    const noCpu = (backend: EngineBackend): EngineLink => {
      if (backend === 'cpu') throw new RequestError('backend-missing', 'Backend cpu is not there: its package did not load. Use --backend wasm, or install it.');
      return start(backend);
    };
    const wanted = new TrainingRun(request('cpu', 'no-cpu'), noCpu, () => performance.now());
    await wanted.begin();
    expect(wanted.soFar?.header.backend).toMatchObject({ name: 'wasm', fallback: { wanted: 'cpu', reason: 'its package did not load' } });
    await wanted.stop();
    const auto = new TrainingRun(request('auto', 'auto-no-cpu'), noCpu, () => performance.now());
    await auto.begin();
    expect(auto.soFar?.header.backend).toMatchObject({ name: 'wasm', chosenBecause: 'cpu is not there: its package did not load' });
    await auto.stop();
    const gpu = new TrainingRun(request('webgpu', 'no-gpu'), start, () => performance.now());
    await gpu.begin();
    expect(gpu.soFar?.header.backend).toMatchObject({ name: 'cpu', fallback: { wanted: 'webgpu', reason: 'there is no page here' } });
    await gpu.stop();
    await Promise.all([wanted.ended(), auto.ended(), gpu.ended()]);
  });

  it('is WebAssembly where the package has no native library, as in the universal one', async () => {
    const universal = join(folder, 'universal', 'dist');
    for (const name of ['extension/engine-cpu-host.cjs', 'extension/engine-wasm-host.cjs', 'onnxruntime/ort-wasm-simd-threaded.mjs', 'onnxruntime/ort-wasm-simd-threaded.wasm']) cpSync(join(dist, name), join(universal, name));
    const run = new TrainingRun(request('auto', 'universal-run'), (backend) => (backend === 'cpu' ? startCpuEngine(universal) : startWasmEngine(universal)), () => performance.now());
    await run.begin();
    expect(run.soFar?.header.backend).toMatchObject({ name: 'wasm', chosenBecause: expect.stringMatching(/^cpu is not there: the package onnxruntime-node did not load/) as string });
    expect(await run.ended()).toMatchObject({ state: 'finished', iteration: 90 });
    expect(trained(run.request.run)).toEqual(commandLine('wasm'));
  });
});
