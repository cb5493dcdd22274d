// Starts the training page: connects the channel, the store and the page.
// Not where anything is decided; it ends on one screen.
import './training.css';
import '../theme/page.css';
import '../weights/weights.css';
import { Channel, RequestError } from '../../protocol/channel';
import { trainingScope, type KeptPage, type TrainingHost, type TrainingPage } from '../../protocol/training-page';
import { registerControls } from '../controls';
import { carryEngine } from '../engine-carrier';
import { hello } from '../hello';
import { hostPort, keepForReload } from '../host-port';
import { messageOf } from '../message-of';
import { must } from '../must';
import { Store } from '../store';
import { readTheme, watchTheme } from '../theme/environment';
import type { ParameterQuantity } from '../../protocol/run';
import { mountTrainingPage } from './page';
import { numbersKey } from './view/matrices';
import { freshRun, runFrom, withIterations, withPoint, type RunData } from './run-data';
import type { TrainingState } from './state';

registerControls();
const root = must(document.getElementById('page'), 'the document has a place for the page');
const store = new Store<TrainingState>(
  { phase: 'loading', slow: false, late: false, width: window.innerWidth, height: window.innerHeight, scale: window.devicePixelRatio, theme: readTheme(document.body), tab: 'validation', detail: 'ratio', look: { kind: 'none' }, quantity: 'value', keysShown: false },
  (callback) => requestAnimationFrame(callback),
);
const channel = new Channel<TrainingPage, TrainingHost>(hostPort(), trainingScope, {});
const complain = (thrown: unknown): void =>
  store.update((state) => ({ ...state, problem: messageOf(thrown) }));
const ask = (name: 'pause' | 'resume' | 'stop' | 'restart' | 'runAgain' | 'revealSettings'): (() => void) => () => void channel.request(name, {}).catch(complain);
const keep = (runId: string): void => keepForReload({ run: runId } satisfies KeptPage);
const change = (next: (run: RunData) => RunData): void => store.update((state) => (state.run ? { ...state, run: next(state.run) } : state));

channel.on('header', (header) => {
  keep(header.runId);
  store.update(({ selected: _, pointing: __, layer: ___, failure: ____, ...state }) => ({ ...state, phase: 'run', run: freshRun(header), look: { kind: 'none' } }));
});
channel.on('iterations', (batch) => change((run) => withIterations(run, batch)));
channel.on('validation', (point) => change((run) => ({ ...run, validation: withPoint(run.validation, point) })));
channel.on('sample', (sample) => change((run) => ({ ...run, samples: withPoint(run.samples, sample) })));
channel.on('horizon', (column) => change((run) => ({ ...run, horizon: withPoint(run.horizon, column) })));
channel.on('parameters', (column) => change((run) => ({ ...run, parameters: withPoint(run.parameters, column) })));
channel.on('saturation', (column) => change((run) => ({ ...run, saturation: withPoint(run.saturation, column) })));
channel.on('status', (status) => change((run) => ({ ...run, status })));
channel.on('stale', ({ stale }) => change((run) => ({ ...run, stale })));

const asked = new Set<string>();
const look = (iteration: number | null): void => {
  const before = store.state.look;
  store.update((state) => ({ ...state, look: { kind: 'loading', iteration, before } }));
  void channel.request('lookAtParameters', { iteration }).then(
    (found) => {
      asked.clear();
      store.update((state) => ({ ...state, look: { kind: 'here', look: found, numbers: new Map() } }));
    },
    (thrown: unknown) => store.update((state) => ({ ...state, look: thrown instanceof RequestError && thrown.code === 'cancelled' ? before : { kind: 'failed', problem: messageOf(thrown) } })),
  );
};
channel.on('lookProgress', (progress) => store.update((state) => (state.look.kind === 'loading' ? { ...state, look: { ...state.look, progress } } : state)));
const fetchNumbers = (name: string, of: ParameterQuantity): void => {
  const { look: shown } = store.state;
  const key = numbersKey(name, of);
  if (shown.kind !== 'here' || asked.has(key)) return;
  asked.add(key);
  const { id } = shown.look;
  void channel.request('parameterNumbers', { id, name, of }).then(
    (numbers) => store.update((state) => (state.look.kind === 'here' && state.look.look.id === id ? { ...state, look: { ...state.look, numbers: new Map(state.look.numbers).set(key, numbers) } } : state)),
    complain,
  );
};

const again = hello(store, { loading: 'loading', failed: 'failed' }, () => channel.request('hello', {}), (sent) => {
  if (sent) keep(sent.header.runId);
  store.update((state) => (sent ? { ...state, phase: 'run', run: runFrom(sent) } : { ...state, phase: 'empty' }));
});
mountTrainingPage(root, store, {
  again,
  look, cancelLook: () => void channel.request('cancelLook', {}).catch(complain), fetch: fetchNumbers,
  pause: ask('pause'), resume: ask('resume'), stop: ask('stop'), restart: ask('restart'), runAgain: ask('runAgain'), settings: ask('revealSettings'),
  debugIteration: (iteration) => void channel.request('debugIteration', { iteration }).catch(complain),
  save: (file) => void file().then((made) => made && channel.request('savePicture', made)).catch(complain),
  begin: (what) => void channel.request('begin', { what }).catch(complain),
});

const measure = (): void => store.update((state) => ({ ...state, width: root.clientWidth, height: window.innerHeight, scale: window.devicePixelRatio }));
new ResizeObserver(measure).observe(root);
window.addEventListener('resize', measure);
watchTheme(document.body, () => store.update((state) => ({ ...state, theme: readTheme(document.body) })));
window.addEventListener('keydown', (event) => {
  if (event.key === '?') store.update((state) => ({ ...state, keysShown: !state.keysShown }));
  else if (event.key === 'Escape') store.update((state) => ({ ...state, keysShown: false }));
});
carryEngine(hostPort());
again();
