// Starts the debugger page: connects the channel, the store and the page; fetches tiles and values as the cursor moves.
// Not where anything is drawn or decided.
import './debugger.css';
import '../theme/page.css';
import '../weights/weights.css';
import { Channel } from '../../protocol/channel';
import { debuggerScope, type Cursor, type DebuggerHost, type DebuggerPage, type DebuggerView, type Pass } from '../../protocol/debugger-page';
import { AskedStep, type Place } from '../asked-step';
import { registerControls } from '../controls';
import { hello } from '../hello';
import { hostPort } from '../host-port';
import { messageOf } from '../message-of';
import { must } from '../must';
import { tellKeyboard } from '../tell-keyboard';
import { telling } from '../telling';
import { Store } from '../store';
import { readTheme, watchTheme } from '../theme/environment';
import { arranging } from './arranging';
import { comparedState } from './compare/compared-state';
import { comparedFetching } from './compare/fetching';
import { choicesOf, withChoices, withMeans, withoutZoom } from './choices';
import { fetching } from './fetching';
import { debugKey } from './debug-keys';
import { pageKey } from './keyboard';
import { usuallyAlike } from './lanes/clusters';
import { LaneStore } from './lane-store';
import { mountDebuggerPage, type DebuggerActions } from './page';
import { derive } from './derive';
import { replay } from './replay';
import type { DebuggerState } from './state';
import { thresholdKey } from './threshold';
import { inSight } from './timeline/layout';
import { layoutOf } from './timeline/layout-of';
import { weightsFetching } from './weights/fetching';
import { freshWeights } from './weights/state';
import { weightsTable } from './weights/table';

registerControls();
const root = must(document.getElementById('page'), 'the document has a place for the page');
const store = new Store<DebuggerState>(
  {
    given: 0, shown: 'time', weights: freshWeights, phase: 'loading', slow: false, late: false, revision: 0, order: 'similar', alike: usuallyAlike, meansOf: [], picksCleared: false, rowValue: 'extreme', laneHeights: {}, stuck: false, first: 0, playing: false, stepsPerSecond: 4, keysShown: false,
    zooming: false, width: window.innerWidth, height: window.innerHeight, scale: window.devicePixelRatio, theme: readTheme(document.body),
  },
  (callback) => requestAnimationFrame(callback),
);
const channel = new Channel<DebuggerPage, DebuggerHost>(hostPort(), debuggerScope, {});
const complain = (thrown: unknown): void => store.update((state) => ({ ...state, problem: messageOf(thrown) }));
const later = (callback: () => void, milliseconds: number): void => void window.setTimeout(callback, milliseconds);
const asked = new AskedStep<Pass>();
const from = (): Place<Pass> => asked.from(store.state.view?.cursor ?? { step: 1, pass: 'forward' });
const gotoPlace = (place: Place<Pass>): void => {
  const answer = channel.request('goto', place);
  asked.ask(place, answer);
  answer.catch(complain);
};
const fetchMissing = fetching(channel, store, complain, later);

/** The state with its cursor in sight. */
const inSightOf = (state: DebuggerState): DebuggerState => {
  const derived = derive(state);
  return derived ? { ...state, first: inSight(layoutOf(state, derived), derived.view.cursor.step) } : state;
};
const showCursor = (cursor: Cursor): void =>
  store.update((state) => {
    if (!state.view) return state;
    const { step, pass: was } = state.view.cursor;
    const next = { ...state, view: { ...state.view, cursor } };
    // What is told of a cursor that stands does not scroll.
    return step === cursor.step && was === cursor.pass ? next : inSightOf(next);
  });
const showView = (view: DebuggerView): void =>
  store.update((before) => {
    const { flow: _, step: __, pointing: ___, compared: was, over: _____, meansWanted: ______, failure: _______, ...rest } = before;
    // The same pass beside another one: nothing that was fetched or chosen is lost.
    const same = before.view?.trace.traceId === view.trace.traceId ? before.view : undefined;
    const { compared: ____, ...kept } = before;
    const shown: DebuggerState = same ? { ...kept, view: { ...view, cursor: { ...view.cursor, layer: same.cursor.layer } } } : { ...rest, phase: 'trace', ...(view.over ? { over: view.over } : {}), view, lanes: new LaneStore(view.trace), first: 0 };
    const compared = comparedState(view.comparison.compared, view.trace, was);
    const next = { ...shown, revision: before.revision + 1, ...(compared ? { compared } : {}) };
    if (same) return next;
    // What a person had scrolled to comes before where the cursor is.
    return before.view ? inSightOf(next) : withChoices(inSightOf(next), view.shown);
  });

channel.on('view', (view) => {
  asked.forget();
  showView(view);
});
channel.on('cursor', (cursor) => {
  asked.reached(cursor);
  showCursor(cursor);
  // Not only with the next frame: what the host answers until then is drawn with it.
  fetchMissing(store.state);
});
channel.on('selection', (selection) => store.update((state) => (state.view ? { ...state, view: { ...state.view, selection } } : state)));
channel.on('choices', (choices) => store.update((state) => (state.view ? withChoices(inSightOf(withoutZoom(state)), choices) : state)));
channel.on('breakpoints', (breakpoints) => store.update((state) => (state.view ? { ...state, view: { ...state.view, breakpoints } } : state)));
channel.on('stale', ({ stale }) => store.update((state) => (state.view ? { ...state, view: { ...state.view, trace: { ...state.view.trace, stale } } } : state)));
channel.on('ended', ({ how }) => store.update((state) => ({ ...state, over: how, playing: false })));

const path = (): string => {
  const { view } = store.state;
  return view?.trace.layers[view.cursor.layer]?.path ?? '';
};
const again = hello(store, { loading: 'loading', failed: 'failed' }, () => channel.request('hello', {}), (view) => (view ? showView(view) : store.update((state) => ({ ...state, phase: 'empty' }))));
const act: DebuggerActions = {
  again,
  goto: (step) => gotoPlace({ step, pass: from().pass }),
  setPass: (wanted) => {
    const { view } = store.state;
    if (!view || from().pass === wanted) return;
    if (wanted === 'backward' && !view.trace.backwardRecorded) void channel.request('runBackward', {}).catch(complain);
    else gotoPlace({ step: from().step, pass: wanted });
  },
  move: (how) => void channel.request('move', { how }).catch(complain),
  play: () => store.update((state) => ({ ...state, playing: !state.playing })),
  speed: (stepsPerSecond) => store.update((state) => ({ ...state, stepsPerSecond })),
  chooseSequence: (index) => void channel.request('chooseSequence', { index }).catch(complain),
  chooseLayer: (layer) => store.update(({ zoomedRows: _, ...state }) => (state.view ? { ...state, view: { ...state.view, cursor: { ...state.view.cursor, layer } } } : state)),
  compare: (other) => void channel.request('compare', { with: other }).catch(complain),
  chooseComparison: () => void channel.request('chooseComparison', {}).catch(complain),
  openInspector: () => void channel.request('openInspector', {}).catch(complain),
  copyLink: () => void channel.request('copyLink', {}).catch(complain),
  select: (units) => {
    store.update((state) => (state.picksCleared === (units.length === 0) ? state : { ...state, picksCleared: units.length === 0 }));
    void channel.request('select', { units, layer: store.state.view?.cursor.layer ?? 0 }).catch(complain);
  },
  toggleBreakpoint: (line) => void channel.request('toggleBreakpoint', { path: path(), line }).catch(complain),
  reveal: (line) => void channel.request('reveal', { path: path(), line }).catch(complain),
  runAgain: () => void channel.request('runAgain', {}).catch(complain),
  weightsTable: (question) => weightsTable(channel, store.state.weights.header, question),
  save: (file) => void file().then((made) => made && channel.request('savePicture', made)).catch(complain),
  fetchWhole: async (lanes, layer, what, names) => {
    for (const request of lanes.missing(layer, what, names)) lanes.take(await channel.request('tile', request));
  },
  begin: (what) => void channel.request('begin', { what }).catch(complain),
};
mountDebuggerPage(root, store, act);
store.subscribe(telling(choicesOf, (choices) => channel.emit('choices', { choices, given: store.state.given })));
tellKeyboard((has) => channel.emit('keyboard', { has }));
store.subscribe(fetchMissing);
store.subscribe((state) => state.meansWanted && store.update(withMeans));
store.subscribe(arranging(store, { later, now: () => performance.now() }));
store.subscribe(weightsFetching(channel, store, complain));
store.subscribe(comparedFetching(channel, store, complain, later));
replay(store, act, later, ({ view, stepsPerSecond }) => ({ direction: view?.cursor.pass === 'backward' ? -1 : 1, stepsPerSecond }));

const measure = (): void => store.update((state) => ({ ...state, width: root.clientWidth, height: window.innerHeight, scale: window.devicePixelRatio }));
new ResizeObserver(measure).observe(root);
window.addEventListener('resize', measure);
watchTheme(document.body, () => store.update((state) => ({ ...state, theme: readTheme(document.body) })));
window.addEventListener('keydown', (event) => {
  const how = store.state.view && !store.state.over ? debugKey(event) : undefined;
  if (how === undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act.move(how);
}, { capture: true });
window.addEventListener('keydown', (event) => {
  const target = event.target instanceof HTMLElement ? event.target.closest('vscode-dropdown, vscode-button, input, button, select') : null;
  if (event.key === '?') store.update((state) => ({ ...state, keysShown: !state.keysShown }));
  else if (event.key === 'Escape') {
    if (store.state.keysShown) store.update((state) => ({ ...state, keysShown: false }));
    else if (!event.defaultPrevented && !thresholdKey(event, store, act)) act.select([]);
  } else if (!target && !event.defaultPrevented && pageKey(event, store, act, from().step)) event.preventDefault();
});
again();
