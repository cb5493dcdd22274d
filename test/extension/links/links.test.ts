// Links to a state read back as they were written; what is hostile is refused before anything is looked at, asked for or started.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationalError } from '../../../engine/base/operational-error';
import { linkPath, linkQuery, readLink, type LinkedState } from '../../../extension/links/link-text';
import { visitLink, type LinkHost, type Reached } from '../../../extension/links/visit-link';

const state: LinkedState = { file: '/w/a b&c=%20.rnn', model: 'Größe_1', run: '/w/.unroll/runs/1', sequence: 17, step: 24, pass: 'backward', layer: 1, units: [3, 0, 63], compare: { kind: 'run', path: '/w/.unroll/runs/2 & 3', iteration: 500 }, page: 'inspector', debugger: { layer: 1, order: 'halfLife', parameters: 'sum' }, inspector: { layer: 0, tab: 'horizon', triangle: 'difference', form: 'bars', loss: 40 } };
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
    ['what no link holds', 'file=/m.rnn&preLaunchTask=rm'],
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
    ['a very long text', `file=/${'m'.repeat(9000)}.rnn`],
  ])('refuses %s', (_, query, path = linkPath) => {
    expect(codeOf(query, path)).toBe('bad-link');
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
