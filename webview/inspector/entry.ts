// Starts the gradient inspector: connects the channel, the store and the page.
// Not where anything is drawn or computed.
import './inspector.css';
import '../theme/page.css';
import { Channel } from '../../protocol/channel';
import { inspectorScope, type InspectorHost, type InspectorPage, type InspectorView } from '../../protocol/inspector-page';
import { AskedStep } from '../asked-step';
import { registerControls } from '../controls';
import { replay } from '../debugger/replay';
import { hello } from '../hello';
import { hostPort } from '../host-port';
import { messageOf } from '../message-of';
import { must } from '../must';
import { tellKeyboard } from '../tell-keyboard';
import { telling } from '../telling';
import { Store } from '../store';
import { readTheme, watchTheme } from '../theme/environment';
import { choicesOf, withChoices } from './choices';
import { fetching } from './fetching';
import { rowFetching } from './row-fetching';
import { triangleFetching } from './triangle-fetching';
import { mountInspector, type InspectorActions } from './page';
import type { InspectorState } from './state';

registerControls();
const root = must(document.getElementById('page'), 'the document has a place for the page');
const store = new Store<InspectorState>(
  {
    given: 0, phase: 'loading', slow: false, late: false, received: {}, layer: 0, triangleShown: 'run', triangleForm: 'triangle', triangleWork: {}, rowWork: {}, playing: false, stepsPerSecond: 4, tab: 'eigenvalues', keysShown: false,
    width: window.innerWidth, height: window.innerHeight, scale: window.devicePixelRatio, theme: readTheme(document.body),
  },
  (callback) => requestAnimationFrame(callback),
);
const channel = new Channel<InspectorPage, InspectorHost>(hostPort(), inspectorScope, {});
const complain = (thrown: unknown): void => store.update((state) => ({ ...state, problem: messageOf(thrown) }));
const asked = new AskedStep<undefined>();
const showView = (view: InspectorView): void =>
  store.update(({ loss, pointing: _, over: __, failure: ___, ...state }) => {
    const same = state.view?.trace.traceId === view.trace.traceId;
    const next: InspectorState = { ...state, phase: 'view', view, ...(view.over ? { over: view.over } : {}), received: same ? state.received : {}, layer: same ? state.layer : view.cursor.layer, ...(same && loss !== undefined ? { loss } : {}) };
    return state.view ? next : withChoices(next, view.shown);
  });
channel.on('view', (view) => {
  asked.forget();
  showView(view);
});
channel.on('choices', (choices) => store.update((state) => (state.view ? withChoices(state, choices) : state)));
channel.on('stale', ({ stale }) => store.update((state) => (state.view ? { ...state, view: { ...state.view, trace: { ...state.view.trace, stale } } } : state)));
channel.on('ended', ({ how }) => store.update((state) => ({ ...state, over: how, playing: false })));
channel.on('cursor', (cursor) => {
  asked.reached(cursor);
  store.update((state) => (state.view ? { ...state, view: { ...state.view, cursor } } : state));
});

const triangles = triangleFetching(channel, store, complain);
const rows = rowFetching(channel, store, complain, (callback, milliseconds) => window.setTimeout(callback, milliseconds));
const again = hello(store, { loading: 'loading', failed: 'failed' }, () => channel.request('hello', {}), (view) => (view ? showView(view) : store.update((state) => ({ ...state, phase: 'empty' }))));
const act: InspectorActions = {
  again,
  stopTriangle: (of) => {
    triangles.cancel(of);
    rows.cancel(of);
  },
  goOnWithTriangle: (of) => {
    triangles.goOn(of);
    rows.goOn(of);
  },
  goto: (step) => {
    const answer = channel.request('goto', { step });
    asked.ask({ step, pass: undefined }, answer);
    answer.catch(complain);
  },
  compare: (other) => void channel.request('compare', { with: other }).catch(complain),
  chooseComparison: () => void channel.request('chooseComparison', {}).catch(complain),
  chooseSequence: (index) => void channel.request('chooseSequence', { index }).catch(complain),
  runBackward: () => void channel.request('runBackward', {}).catch(complain),
  copyLink: () => void channel.request('copyLink', {}).catch(complain),
  runAgain: () => void channel.request('runAgain', {}).catch(complain),
  openDebugger: () => void channel.request('openDebugger', {}).catch(complain),
  save: (file) => void file().then((made) => made && channel.request('savePicture', made)).catch(complain),
  begin: (what) => void channel.request('begin', { what }).catch(complain),
};
mountInspector(root, store, act);
store.subscribe(telling(choicesOf, (choices) => channel.emit('choices', { choices, given: store.state.given })));
tellKeyboard((has) => channel.emit('keyboard', { has }));
store.subscribe(fetching(channel, store, complain));
store.subscribe(triangles.follow);
store.subscribe(rows.follow);
replay(store, act, (callback, milliseconds) => window.setTimeout(callback, milliseconds), ({ stepsPerSecond }) => ({ direction: -1, stepsPerSecond }));

const measure = (): void => store.update((state) => ({ ...state, width: root.clientWidth, height: window.innerHeight, scale: window.devicePixelRatio }));
new ResizeObserver(measure).observe(root);
window.addEventListener('resize', measure);
watchTheme(document.body, () => store.update((state) => ({ ...state, theme: readTheme(document.body) })));
window.addEventListener('keydown', (event) => {
  const { view } = store.state;
  if (event.key === '?') return store.update((state) => ({ ...state, keysShown: !state.keysShown }));
  if (event.key === 'Escape') return store.update((state) => ({ ...state, keysShown: false }));
  const target = event.target instanceof HTMLElement ? event.target.closest('vscode-dropdown, vscode-button, vscode-panel-tab, input, button') : null;
  if (!view || target || event.defaultPrevented) return;
  const by = event.shiftKey ? 10 : 1;
  const from = asked.from({ step: view.cursor.step, pass: undefined }).step;
  const moves: Readonly<Record<string, number>> = { ArrowLeft: from - by, ArrowRight: from + by, Home: 1, End: view.trace.steps };
  const step = moves[event.key];
  if (step !== undefined) {
    event.preventDefault();
    act.goto(Math.max(1, Math.min(view.trace.steps, step)));
  } else if (event.key === ' ') {
    event.preventDefault();
    store.update((state) => ({ ...state, playing: !state.playing }));
  }
});
again();
