// Links to a state read back as they were written; what is hostile is refused before anything is looked at, asked for or started.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationalError } from '../../../engine/base/operational-error';
import { linkPath, linkQuery, readLink, type LinkedState } from '../../../extension/links/link-text';
import { visitLink, type LinkHost, type Reached } from '../../../extension/links/visit-link';

const state: LinkedState = { file: '/w/a b&c=%20.rnn', model: 'Größe_1', run: '/w/.unroll/runs/1', sequence: 17, step: 24, pass: 'backward', layer: 1, units: [3, 0, 63], compare: { kind: 'run', path: '/w/.unroll/runs/2 & 3', iteration: 500 }, page: 'inspector', debugger: {
  layer: 1, order: 'halfLife', parameters: 'sum', weights: 'r1.backward', weightsRows: 'lanes', alike: 0.7, means: [0, 3], column: 17, first: 33, rows: { from: 4, to: 12 }, heights: { h: 96, c: 24 }, lines: 'c', rowValue: 'mean', noPicks: true,
  threshold: { pass: 'backward', value: -1.25e-7, from: 3, to: 9, margin: 2, picked: true },
}, inspector: { layer: 0, tab: 'horizon', triangle: 'difference', form: 'bars', loss: 40 } };
const plain = { page: 'debugger', debugger: {}, inspector: {} } as const;

function codeOf(query: string, path = linkPath): string {
  try {
    readLink(path, query);
    return 'read';
  } catch (thrown) {
    return thrown instanceof OperationalError ? thrown.code : String(thrown);
  }
}

describe('the text of a link', () => {
  it('reads back as it was written', () => {
    expect(readLink(linkPath, linkQuery(state))).toEqual(state);
    const small: LinkedState = { file: '/m.rnn', weights: '/w.safetensors', inputs: '/x.safetensors', sequence: 0, step: 1, pass: 'forward', layer: 0, units: [], ...plain };
    expect(readLink(linkPath, linkQuery(small))).toEqual(small);
    for (const compare of [{ kind: 'fresh' }, { kind: 'weights', path: '/w/a.safetensors' }, { kind: 'run', path: '/r' }] as const) expect(readLink(linkPath, linkQuery({ ...small, compare })).compare).toEqual(compare);
    // All losses are not the same as none chosen.
    expect(readLink(linkPath, linkQuery({ ...small, inspector: { loss: null } })).inspector).toEqual({ loss: null });
  });

  it('reads back whatever the names and numbers are', () => {
    const name = fc.stringMatching(/^[\p{L}\p{N} &=%+#?;_-]{1,20}$/u).filter((text) => text.trim() !== '');
    fc.assert(fc.property(name, fc.nat(1_000_000), fc.integer({ min: 1, max: 10_000_000 }), fc.uniqueArray(fc.nat(1_000_000), { maxLength: 8 }), (file, sequence, step, units) => {
      const link: LinkedState = { file: `/w/${file}.rnn`, sequence, step, pass: 'forward', layer: 0, units, ...plain };
      expect(readLink(linkPath, linkQuery(link))).toEqual(link);
    }), { numRuns: 200 });
  });

  it.each([
    ['another path', 'file=/m.rnn', '/train'],
    ['no file', 'step=1'],
    ['another kind of file', 'file=/etc/passwd'],
    ['a relative path', 'file=m.rnn'],
    ['a path of another machine', 'file=//server/share/m.rnn'],
    ['a path of another machine, backwards', `file=${encodeURIComponent('\\\\server\\share\\m.rnn')}`],
    ['a line end in a path', 'file=/m%0A.rnn'],
    ['a null in a path', 'file=/etc/passwd%00.rnn'],
    ['a run on another machine', 'file=/m.rnn&run=//server/run'],
    ['a run and weights', 'file=/m.rnn&run=/r&weights=/w'],
    ['a file named twice', 'file=/m.rnn&file=/n.rnn'],
    ['step 0', 'file=/m.rnn&step=0'],
    ['a negative step', 'file=/m.rnn&step=-1'],
    ['half a step', 'file=/m.rnn&step=1.5'],
    ['a step in other digits', 'file=/m.rnn&step=1e9'],
    ['too many steps', 'file=/m.rnn&step=9999999999'],
    ['a sequence that is no number', 'file=/m.rnn&sequence=NaN'],
    ['a third pass', 'file=/m.rnn&pass=train'],
    ['nine units', 'file=/m.rnn&units=0.1.2.3.4.5.6.7.8'],
    ['a unit twice', 'file=/m.rnn&units=1.1'],
    ['a unit that is no number', 'file=/m.rnn&units=1..2'],
    ['a model that is no name', 'file=/m.rnn&model=a%20b'],
    ['a comparison with a what-if', 'file=/m.rnn&compare=fork&compared=/r'],
    ['a comparison with nothing', 'file=/m.rnn&compare=run'],
    ['a run to compare with on another machine', 'file=/m.rnn&compare=run&compared=//server/run'],
    ['what to compare with, without what it is', 'file=/m.rnn&compared=/r'],
    ['an iteration of a file', 'file=/m.rnn&compare=weights&compared=/w&iteration=5'],
    ['an iteration that is no number', 'file=/m.rnn&compare=run&compared=/r&iteration=x'],
    ['a page of no session', 'file=/m.rnn&page=training'],
    ['an order that is no word', 'file=/m.rnn&order=%3Cscript%3E'],
    ['numbers of weights that are no word', 'file=/m.rnn&parameters=1+1'],
    ['a tab that is no word', 'file=/m.rnn&tab=a.b'],
    ['a layer that is no number', 'file=/m.rnn&shows=-1'],
    ['a layer of the inspector beyond all', 'file=/m.rnn&inspects=99999'],
    ['loss 0', 'file=/m.rnn&loss=0'],
    ['a column wider than any', 'file=/m.rnn&column=513'],
    ['a first step before the first', 'file=/m.rnn&first=0'],
    ['rows that end before they begin', 'file=/m.rnn&rows=7.3'],
    ['rows in three numbers', 'file=/m.rnn&rows=1.2.3'],
    ['a height of no lane', 'file=/m.rnn&heights=%3Ca%3E:9'],
    ['heights of seventeen lanes', `file=/m.rnn&heights=${Array.from({ length: 17 }, (_, i) => `a${i}:9`).join()}`],
    ['a height of a lane twice', 'file=/m.rnn&heights=a:9,a:10'],
    ['lines of no lane', 'file=/m.rnn&lines=a%20b'],
    ['a correlation above one', 'file=/m.rnn&alike=1.5'],
    ['a group twice', 'file=/m.rnn&means=1.1'],
    ['a threshold without steps', 'file=/m.rnn&lines=h&threshold=1&in=forward&off=0'],
    ['a threshold of no lane', 'file=/m.rnn&threshold=1&in=forward&on=1.2&off=0'],
    ['a threshold that is not finite', 'file=/m.rnn&lines=h&threshold=1e999&in=forward&on=1.2&off=0'],
    ['a threshold in words', 'file=/m.rnn&lines=h&threshold=NaN&in=forward&on=1.2&off=0'],
    ['a threshold in a third pass', 'file=/m.rnn&lines=h&threshold=1&in=train&on=1.2&off=0'],
    ['picks that are some', 'file=/m.rnn&picks=some'],
    ['a very long text', `file=/${'m'.repeat(17_000)}.rnn`],
  ])('refuses %s', (_, query, path = linkPath) => {
    expect(codeOf(query, path)).toBe('bad-link');
  });

  it('reads back whatever the pages showed', () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,32}$/);
    const lane = fc.stringMatching(/^[\p{L}_][\p{L}\p{N}_.]{0,63}$/u);
    const step = fc.integer({ min: 1, max: 10_000_000 });
    const stretch = (least: number) => fc.tuple(fc.integer({ min: least, max: 1_000_000 }), fc.nat(1000)).map(([from, long]) => ({ from, to: Math.min(1_000_000, from + long) }));
    const optional = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });
    const threshold = fc.tuple(fc.constantFrom('forward' as const, 'backward' as const), fc.double({ noNaN: true, noDefaultInfinity: true }), stretch(1), fc.nat(1000), fc.boolean()).map(([pass, value, on, margin, picked]) => ({ pass, value: value === 0 ? 0 : value, ...on, margin, picked }));
    const inDebugger = fc.oneof(optional({ lines: lane }), fc.record({ lines: lane, threshold })).chain((lines) => optional({
      layer: fc.nat(1023), order: word, alike: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => (value === 0 ? 0 : value)), means: fc.uniqueArray(fc.nat(1_000_000), { minLength: 1, maxLength: 64 }), parameters: word, weights: lane, weightsRows: word,
      column: fc.integer({ min: 1, max: 512 }), first: step, rows: stretch(0), heights: fc.uniqueArray(fc.tuple(lane, fc.integer({ min: 1, max: 10_000 })), { selector: ([name]) => name, minLength: 1, maxLength: 3 }).map((entries) => Object.fromEntries(entries)), rowValue: word, noPicks: fc.constant(true as const),
    }).map((rest) => ({ ...rest, ...lines })));
    const inInspector = optional({ layer: fc.nat(1023), tab: word, triangle: word, form: word, loss: fc.oneof(step, fc.constant(null)) });
    fc.assert(fc.property(fc.constantFrom('debugger' as const, 'inspector' as const), inDebugger, inInspector, (page, chosen, inspected) => {
      const link: LinkedState = { file: '/w/m.rnn', sequence: 0, step: 1, pass: 'forward', layer: 0, units: [], page, debugger: chosen, inspector: inspected };
      expect(readLink(linkPath, linkQuery(link))).toEqual(link);
    }), { numRuns: 100 });
  });

  it('opens links of before, and leaves out what it does not know', () => {
    const read = readLink(linkPath, 'file=/m.rnn&step=3&page=inspector&order=index&parameters=sum&tab=horizon');
    expect([read.page, read.debugger, read.inspector]).toEqual(['inspector', { order: 'index', parameters: 'sum' }, { tab: 'horizon' }]);
    expect(readLink(linkPath, 'file=/m.rnn&preLaunchTask=rm&preLaunchTask=ls&__proto__=1')).toEqual(readLink(linkPath, 'file=/m.rnn'));
  });

  it('is written without what it could not be read with', () => {
    const odd: LinkedState = { ...state, debugger: { lines: 'a b', heights: { '<x>': 40, h: 50 }, threshold: { pass: 'forward', value: 1, from: 1, to: 2, margin: 0, picked: false } } };
    expect(readLink(linkPath, linkQuery(odd)).debugger).toEqual({ heights: { h: 50 } });
  });

  it('takes steps up a path before anyone asks whether it lies in the workspace', () => {
    expect(readLink(linkPath, 'file=/w/../etc/m.rnn').file).toBe('/etc/m.rnn');
  });

  it('refuses any text with a code or reads a state in range', () => {
    fc.assert(fc.property(fc.string(), (query) => {
      expect(['bad-link', 'read']).toContain(codeOf(query));
    }), { numRuns: 300 });
  });
});

function play(over: Partial<LinkHost> = {}): { readonly host: LinkHost; readonly done: string[] } {
  const done: string[] = [];
  const note = <T>(what: string, value: T): T => {
    done.push(what);
    return value;
  };
  const reached: Reached = { steps: 48, layers: [{ units: 8 }, { units: 64 }] };
  return {
    done,
    host: {
      trusted: () => true,
      inWorkspace: (path) => path.startsWith('/w/'),
      agree: (paths) => Promise.resolve(note(`ask ${paths.join()}`, true)),
      kindOf: (path) => Promise.resolve(note(`look ${path}`, path.includes('runs') ? 'folder' : 'file')),
      start: ({ program, sequence, run }) => Promise.resolve(note(`start ${program} ${sequence} ${run ?? ''}`, reached)),
      goto: (step, pass) => Promise.resolve(note(`goto ${step} ${pass}`, null)),
      select: (layer, units) => note(`select ${layer}: ${units.join()}`, null),
      show: (page, { debugger: { layer, order }, inspector: { tab, loss } }) => Promise.resolve(note(`show ${page} ${layer} ${order} ${tab} ${loss}`, null)),
      compare: (other) => Promise.resolve(note(`compare ${other.kind}${other.kind === 'run' ? ` ${other.path} ${other.iteration}` : ''}`, null)),
      ...over,
    },
  };
}

describe('opening a link', () => {
  it('starts the session there and moves to the step', async () => {
    const { host, done } = play();
    await visitLink(state, host);
    expect(done).toEqual([`look ${state.file}`, 'look /w/.unroll/runs/1', `start ${state.file} 17 /w/.unroll/runs/1`, 'goto 24 backward', 'show inspector 1 halfLife horizon 40', 'select 1: 3,0,63', 'look /w/.unroll/runs/2 & 3', 'compare run /w/.unroll/runs/2 & 3 500']);
  });

  it('opens everything else when what it compares with is not there, and says what to do', async () => {
    const { host, done } = play({ kindOf: (path) => Promise.resolve(path.endsWith('& 3') ? undefined : path.includes('runs') ? 'folder' : 'file') });
    await expect(visitLink(state, host)).rejects.toMatchObject({ code: 'no-file', message: 'The link compares with /w/.unroll/runs/2 & 3, and there is no such folder here. The session stands alone; choose another with "RNN: Compare with Run…".' });
    expect(done.slice(1)).toEqual(['goto 24 backward', 'show inspector 1 halfLife horizon 40', 'select 1: 3,0,63']);
    const { compare: _, ...alone } = state;
    const without = play();
    await visitLink(alone, without.host);
    expect(without.done.some((what) => what.startsWith('compare'))).toBe(false);
  });

  it('asks before it looks at what is compared outside the workspace', async () => {
    const { host, done } = play();
    await visitLink({ ...state, compare: { kind: 'weights', path: '/elsewhere/w.safetensors' } }, host);
    expect(done[0]).toBe('ask /elsewhere/w.safetensors');
    expect(done.at(-1)).toBe('compare weights');
  });

  it('touches nothing in a folder that is not trusted', async () => {
    const { host, done } = play({ trusted: () => false });
    await expect(visitLink(state, host)).rejects.toMatchObject({ code: 'untrusted' });
    expect(done).toEqual([]);
  });

  it('asks before it looks outside the workspace, and does nothing when the answer is no', async () => {
    const asked: string[] = [];
    const { host, done } = play({
      agree: (paths) => {
        asked.push(...paths);
        return Promise.resolve(false);
      },
    });
    await visitLink({ ...state, run: '/elsewhere/runs/1' }, host);
    expect(asked).toEqual(['/elsewhere/runs/1']);
    expect(done).toEqual([]);
  });

  it('says what is not there', async () => {
    const { host, done } = play({ kindOf: () => Promise.resolve(undefined) });
    await expect(visitLink(state, host)).rejects.toMatchObject({ code: 'no-file' });
    expect(done).toEqual([]);
  });

  it('does not go to a step or pick a unit that the pass does not have', async () => {
    const late = play();
    await expect(visitLink({ ...state, step: 49 }, late.host)).rejects.toMatchObject({ code: 'bad-link' });
    expect(late.done.some((what) => what.startsWith('goto'))).toBe(false);
    const wide = play();
    await expect(visitLink({ ...state, layer: 0, units: [8] }, wide.host)).rejects.toMatchObject({ code: 'bad-link' });
    expect(wide.done.some((what) => what.startsWith('select'))).toBe(false);
  });

  it('does nothing more when the session ended before it stopped', async () => {
    const { host, done } = play({ start: () => Promise.resolve(undefined) });
    await visitLink(state, host);
    expect(done.some((what) => what.startsWith('goto'))).toBe(false);
  });
});
