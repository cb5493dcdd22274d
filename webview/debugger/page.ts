// The debugger page: its parts put together once, drawn anew from the state whenever it changes.
// Not the wire (entry.ts). It decides nothing about the session: it asks the host and shows what it is told.
import type { Table } from '../export/csv';
import { type Save, saveMenu } from '../export/save-menu';
import { element, setText, show } from '../elements';
import { link, plain, showRich } from '../rich-text';
import { spoken } from '../picture/spoken';
import { sessionBars } from '../session-bars';
import { keyList } from '../key-list';
import type { Store } from '../store';
import { Turns, type Turn } from '../turns';
import { waiting } from '../waiting';
import { WhenChanged } from '../when-changed';
import { publishMarks } from '../theme/environment';
import { moveComparedReach, paintCompared } from './compare/compared-canvas';
import { drawCompared } from './compare/draw-compared';
import { comparedSentence, recording } from './compare/sentences';
import { chooseGroup } from './choose-group';
import { leastWidth } from './cell/columns';
import { emptyPage } from './view/empty';
import { timelineFrame } from './view/frame';
import { atCursor, derive, type Derived } from './derive';
import { hoverLine } from './hover';
import { listenToTimeline } from './keyboard';
import { roomForSymbol } from './lanes/broken-cells';
import type { Group } from './lanes/clusters';
import { type FetchWhole, saveCell, saveEquations, saveFirst, saveTimeline, timelineParts } from './saving';
import { sentence } from './sentences';
import type { DebuggerState } from './state';
import { dropThreshold, nextMargin, thresholdShown } from './threshold';
import { KeptStretches } from './timeline/kept-stretch';
import { formOf, stretchOf, type TimelineLayout } from './timeline/layout';
import { layoutOf } from './timeline/layout-of';
import { cellBlock } from './view/cell';
import { listenToCell, listenToStrips } from './view/cell-pointing';
import { equationsBlock } from './view/equations';
import { drawGroups } from './view/groups';
import { debuggerKeys } from './view/keys';
import { laneCells, showsAll } from './view/lane-cells';
import { legend } from './view/legend';
import { linesScale } from './view/lines';
import { drawGutter, drawPicks } from './view/gutter';
import { firstBlock } from './view/next';
import { stuckHead, stuckHeight } from './view/stuck';
import { drawProfileSymbols, drawSymbols } from './view/symbols';
import { drawThreshold, thresholdSaid } from './view/threshold';
import { drawAtCursor, drawCross, drawRecorded, recordedParts, shiftRecorded } from './view/timeline';
import { shownTabs } from './view/shown-tabs';
import { toolbar, type ToolbarActions } from './view/toolbar';
import { drawUnitInCell, drawUnitInStrips, drawUnitRows, pointedUnit } from './view/unit-cross';
import type { WeightsQuestion } from './weights/state';
import { weightsBlock } from './weights/view';

export interface DebuggerActions extends ToolbarActions {
  /** Every number behind the weights that are shown. */
  weightsTable(question: WeightsQuestion): Promise<Table | undefined>;
  select(units: readonly number[]): void;
  toggleBreakpoint(line: number): void;
  reveal(line: number): void;
  runAgain(): void;
  /** Asks the host once more for what there is to show. */
  again(): void;
  begin(what: 'train' | 'debug' | 'example'): void;
  readonly save: Save;
  readonly fetchWhole: FetchWhole;
}

export function mountDebuggerPage(root: HTMLElement, store: Store<DebuggerState>, act: DebuggerActions): void {
  const bar = toolbar(act);
  const loading = element('div', 'loading-line');
  const standing = sessionBars(act.runAgain);
  bar.root.prepend(standing.word);
  const problem = element('div', 'bar problem');
  problem.setAttribute('role', 'alert');
  const says = element('div', 'verdict');
  says.setAttribute('role', 'status');
  const views = shownTabs((shown) => store.update(({ pointing: _, ...state }) => ({ ...state, shown })));
  const heads = element('div', 'heads', says);
  const beside = element('div', 'compare-bar');
  beside.setAttribute('role', 'status');
  const cells = laneCells();
  const comparedCanvas = element('canvas');
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const plot = element('div', 'plot timeline', ...cells.parts, comparedCanvas, svg);
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute('aria-roledescription', 'timeline');
  const key = legend({
    order: (order) => store.update(({ zoomedRows: _, meansWanted: __, ...state }) => ({ ...state, order, meansOf: [] })),
    alike: (alike) => store.update(({ zoomedRows: _, meansWanted: __, ...state }) => ({ ...state, alike, meansOf: [] })),
    group: (group, only) => setText(outcome, chooseGroup(store, act, group, only)),
  });
  const head = stuckHead(act.goto);
  const left = element('div', 'left', head.root, plot, key.root);
  const first = firstBlock({ goto: act.goto, reveal: act.reveal });
  const cell = cellBlock(act.reveal);
  const equations = equationsBlock({ toggleBreakpoint: act.toggleBreakpoint, reveal: act.reveal });
  const side = element('aside', 'side', first.section, cell.section, equations.section);
  const columns = element('main', 'columns', left, side);
  const weights = weightsBlock(store, { backward: () => act.setPass('backward'), table: act.weightsTable, save: act.save });
  const hover = element('div', 'hover-line');
  const announcement = element('div', 'unseen');
  announcement.setAttribute('aria-live', 'polite');
  /** What a choice did; apart from where the cell cursor stands, which may change by it. */
  const outcome = element('div', 'unseen outcome-of-choice');
  outcome.setAttribute('aria-live', 'polite');
  const empty = emptyPage(act.begin);
  const before = waiting('Waiting for the debug session to record the pass…', act.again);
  const keys = keyList(debuggerKeys);
  addDefinitions(svg);
  root.classList.add('debugger');
  root.replaceChildren(bar.root, loading, ...standing.parts, problem, heads, beside, columns, weights.root, before.root, empty, hover, announcement, outcome, keys);

  const actOn = (action: string): void => {
    if (action === 'goto-first') gotoFirst(store.state, act.goto);
    else if (action.startsWith('goto:')) act.goto(Number(action.slice('goto:'.length)));
    else if (action === 'leave-comparison') act.compare(null);
    else if (action === 'dismiss') store.update(({ problem: _, ...state }) => state);
  };
  const picked = (): readonly number[] => derive(store.state)?.picked ?? [];
  const timelineActions = {
    goto: act.goto,
    pick: (unit: number) => act.select([...picked().filter((u) => u !== unit), unit].slice(-8)),
    unpick: (unit: number) => act.select(picked().filter((u) => u !== unit)),
    rowValue: () => store.update((state) => ({ ...state, rowValue: state.rowValue === 'extreme' ? ('mean' as const) : ('extreme' as const) })),
    chooseGroup: (group: Group, only: boolean) => setText(outcome, chooseGroup(store, act, group, only)),
    showLayer: act.chooseLayer,
    showLines: (lane: string) => store.update((state) => ({ ...state, linesOf: lane })),
  };
  listenToTimeline(plot, store, act, timelineActions);
  listenToCell(cell.plot, cell.placed, store, act.reveal);
  listenToStrips(equations.list, store);
  // Tokens and axis stay in sight while the lanes scroll.
  window.addEventListener('scroll', () => {
    const derived = derive(store.state);
    const { top, bottom } = plot.getBoundingClientRect();
    // Not over what follows the lanes: there it would cover a heading.
    const stuck = derived !== undefined && top + layoutOf(store.state, derived).tokens.y < 0 && bottom > stuckHeight;
    if (stuck !== store.state.stuck) store.update((state) => ({ ...state, stuck }));
  }, { passive: true });

  const saved = <R>(make: (derived: Derived, state: DebuggerState) => R): R | undefined => {
    const derived = derive(store.state);
    return derived && make(derived, store.state);
  };
  const parts = (): readonly string[] => saved((derived, state) => timelineParts(derived, state, layoutOf(state, derived)).map(({ name }) => name)) ?? [];
  for (const saveable of [left, first.section, cell.section, equations.section]) saveable.classList.add('saveable');
  left.append(saveMenu('Timeline', (part) => saved((derived, state) => saveTimeline(derived, state, layoutOf(state, derived), [plot, key.root], part, act.fetchWhole)), act.save, parts));
  first.section.append(saveMenu('this step', () => saved((derived, state) => saveFirst(derived, state, first.section)), act.save));
  cell.section.append(saveMenu('Cell', () => saved((derived) => saveCell(derived, cell.plot)), act.save));
  equations.section.append(saveMenu('Equations', () => saved((derived, state) => saveEquations(derived, state, equations.list, act.fetchWhole)), act.save));

  const changes = new WhenChanged();
  const turns = new Turns(changes, () => performance.now());
  const kept = new KeptStretches();
  let unpainted = false;
  const draw = (state: DebuggerState): void => {
    changes.run('marks', [state.theme], () => publishMarks(root, state.theme));
    const derived = derive(state);
    show(empty, state.phase === 'empty');
    show(loading, (state.phase === 'loading' && state.slow) || (state.outstanding ?? 0) > 0 || state.view?.comparison.pending !== undefined);
    drawBeside(state, derived);
    show(bar.root, derived !== undefined || state.phase === 'loading');
    show(heads, derived !== undefined);
    changes.run('waiting', [state.phase, state.late, state.failure, state.width, state.height], () => {
      if (state.phase === 'loading') Object.assign(root.dataset, { form: formOf(state.width) });
      bar.wait(state.phase === 'loading', formOf(state.width));
      before.draw(state, state.height - 80, () => timelineFrame(state.width));
    });
    show(columns, derived !== undefined && state.shown === 'time');
    show(weights.root, derived !== undefined && state.shown === 'weights');
    show(problem, state.problem !== undefined);
    if (state.problem !== undefined) showRich(problem, [state.problem, ' ', link('Dismiss', 'dismiss')], actOn);
    standing.draw(derived && { file: derived.layer.file, stale: derived.view.trace.stale, over: state.over });
    show(keys, state.keysShown);
    if (!derived) {
      show(hover, false);
      return;
    }
    const layout = layoutOf(state, derived);
    const narrow = layout.form === 'narrow';
    changes.run('form', [layout.form, derived.pass], () => {
      Object.assign(root.dataset, { form: layout.form, pass: derived.pass });
      // The sentence has the whole of its row where the toolbar has room for the choice of view.
      if (narrow && views.root.parentElement !== heads) heads.append(views.root);
      else if (!narrow && views.root.parentElement !== bar.root) bar.passes.after(views.root);
    });
    const { view, layer } = derived;
    const place = [layout.width, layout.height, layout.first, layout.column, state.scale, layout.left] as const;
    const shown = [view, derived.order, derived.zoom, state.revision, state.theme] as const;
    const recorded = [view.trace, layer, derived.pass, state.revision] as const;
    const picks = derived.picked.join();
    changes.run('moved', [view.cursor.step], () => turns.moved());
    changes.run('toolbar', [view.trace, view.comparison, derived.layerIndex, derived.pass, state.playing, state.stepsPerSecond, state.over, layout.form, state.width], () => bar.draw(derived, state, layout.form));
    changes.run('step', [view.trace, view.cursor.step, derived.pass], () => bar.place(derived));
    const stretch = stretchOf(layout, view.trace.steps);
    const { first: drawnFrom, visible: drawn } = stretch;
    const heights = [...layout.lanes, ...layout.layers].map(({ y, height }) => `${y}+${height}`).join();
    views.draw(state.shown);
    if (state.shown === 'weights') {
      changes.run('words beside weights', [view, state.step, state.flow, narrow, state.revision, state.compared], () => drawWords(derived, state, narrow));
      changes.run('weights', [state.weights, view, derived.order, layer, state.width, state.scale, state.theme, state.over], () => weights.draw(derived, state));
      show(hover, false);
      return;
    }
    changes.run('sizes', [layout.width, layout.height, layout.sideWidth, narrow], () => {
      left.style.width = plot.style.width = `${layout.width}px`;
      plot.style.height = `${layout.height}px`;
      side.style.width = narrow ? '' : `${layout.sideWidth - 25}px`;
    });
    changes.run('cells', [...recorded, heights, state.scale, state.theme, derived.order, derived.zoom, state.rowValue, layout.column >= roomForSymbol, unpainted && Symbol('more')], () => {
      // What does not fit into this frame is painted in the next one; nothing else waits for it.
      unpainted = cells.paint(layout, derived, state);
      cells.place(layout, view.trace.steps);
    });
    if (unpainted) store.again();
    changes.run('place', place, () => cells.place(layout, view.trace.steps));
    changes.run('reach', [view.cursor, showsAll(derived, state), ...place], () => cells.reach(layout, derived, state));
    changes.run('compared', [...recorded, derived.order, derived.zoom, state.theme, ...place, heights, state.compared, state.rowValue], () => paintCompared(comparedCanvas, layout, derived, state));
    changes.run('compared reach', [view.cursor, showsAll(derived, state)], () => moveComparedReach(comparedCanvas, layout, derived, state));
    const still = [...recorded, view.comparison, layout.width, layout.height, layout.column, heights, state.flow, picks, state.meansOf, state.linesOf] as const;
    /** A part of what is recorded. Where what it holds is longer than what is seen, it can wait. */
    const part = (block: string, from: readonly unknown[], drawPart: () => void): Turn => ({
      block, from: [...from, drawnFrom, drawn], waits: kept.holds(block, from, layout),
      draw: () => {
        kept.drew(block, from, stretch);
        drawPart();
      },
    });
    const parts: readonly Turn[] = [
      ...recordedParts.map((name) => part(name, still, () => drawRecorded(name, svg, layout, derived, state))),
      part('symbols', [...recorded, layout.width, layout.column, state.scale, heights, derived.order, derived.zoom, picks, state.linesOf], () => drawSymbols(svg, layout, derived, state)),
    ];
    let shifts = false;
    changes.run('scrolled', [layout.first, layout.column], () => { shifts = true; });
    turns.begin(shifts);
    const partsLeft = turns.draw(parts);
    changes.run('shift', [...recorded, ...place, state.flow, picks, state.meansOf, state.linesOf], () => shiftRecorded(svg, layout, derived, state, timelineActions));
    const beside = [view.trace, layer, derived.order, derived.zoom, picks, state.flow, state.linesOf, state.rowValue, state.revision, state.theme, state.scale, heights, layout.form, layout.width, layout.height, layout.predictions.shows] as const;
    let columnDrawn = false;
    changes.run('beside the lanes', [...beside, derived.pass], () => {
      columnDrawn = true;
      drawColumn(layout, derived, state);
      drawPicks(svg, layout, derived, timelineActions);
    });
    changes.run('profile place', [layout.profile?.x, layout.height], () => {
      cells.placeProfile(layout);
      if (columnDrawn) return;
      drawProfileSymbols(svg, layout, derived, state);
      drawGutter(svg, layout, derived, state, timelineActions);
    });
    changes.run('at cursor', [...shown, ...place, drawnFrom, drawn, picks, state.flow, state.linesOf, state.playing, state.compared], () => {
      drawAtCursor(svg, layout, derived, state);
      drawCompared(svg, layout, derived, state, act.goto);
    });
    changes.run('stuck', [...shown, ...place, drawnFrom, drawn, state.stuck], () => head.draw(layout, derived, state));
    changes.run('threshold', [state.threshold, state.revision, ...place, picks, state.linesOf, derived.pass, view.trace, heights], () => {
      drawThreshold(svg, layout, derived, state, { nextMargin: () => nextMargin(store, act), dropThreshold: () => dropThreshold(store) });
      const found = thresholdShown(derived, state);
      if (found) setText(outcome, thresholdSaid(found));
    });
    drawCross(svg, layout, state);
    changes.run('groups', [derived.groups, derived.zoom, derived.order, state.meansOf, heights, ...place], () => drawGroups(svg, layout, derived, state, timelineActions));
    changes.run('legend', [view.trace, layer, derived.pass, state.order, derived.groups, derived.order, state.meansOf, derived.zoom, state.rowValue, heights, state.scale, state.revision, state.theme, state.compared], () => key.draw(derived, state, layout));
    // What passes through a step needs the whole width of a narrow page, and so does a wide cell: the cell then stands below the first block.
    const half = Math.max(360, (state.width - 36) * 0.64);
    const below = narrow && (derived.pass === 'backward' || half > state.width - 200 || leastWidth(derived.graph) > half);
    changes.run('below', [below], () => root.classList.toggle('cell-below', below));
    const room = narrow ? (below ? state.width - 24 : half) : layout.sideWidth - 25;
    const besides = [...shown, picks, state.step, state.flow, state.scale, Math.floor(room)] as const;
    const waits = turns.cursorRuns;
    const blocks: readonly Turn[] = [
      { block: 'column', from: [view.cursor, state.step], waits, draw: () => drawColumn(layout, derived, state) },
      { block: 'words', from: [view, state.step, state.flow, narrow, state.revision, state.compared], waits, draw: () => drawWords(derived, state, narrow) },
      { block: 'cell', from: besides, waits, draw: () => cell.draw(derived, state, Math.floor(room)) },
      { block: 'names in the cell', from: besides, waits, draw: () => cell.drawNames(derived, Math.floor(room)) },
      { block: 'equations', from: besides, waits, draw: () => equations.draw(derived, state) },
      { block: 'units in equations', from: besides, waits, draw: () => equations.drawUnits(derived, state) },
    ];
    const blocksLeft = turns.draw(blocks);
    if (partsLeft || blocksLeft) store.again();
    const pointed = pointedUnit(derived, state, layout);
    changes.run('pointed unit', pointed ? [pointed.unit, pointed.units, state.pointing?.lane, ...besides, ...place, heights] : [], () => {
      drawUnitRows(svg, layout, derived, pointed, state.pointing?.lane);
      const placed = cell.placed();
      if (placed) drawUnitInCell(cell.svg, placed, derived, pointed);
      drawUnitInStrips(equations.list, derived, pointed);
    });
    changes.run('hover', [state.pointing, view, state.revision, layout, state.width], () => drawHover(state, derived, layout));
  };
  /** The numbers at the cursor beside the lanes: as bars at their right, as words at their left. */
  const drawColumn = (layout: TimelineLayout, derived: Derived, state: DebuggerState): void => {
    cells.profile(layout, derived, state);
    drawProfileSymbols(svg, layout, derived, state);
    drawGutter(svg, layout, derived, state, timelineActions);
  };
  const drawWords = (derived: Derived, state: DebuggerState, narrow: boolean): void => {
    first.draw(derived, state);
    const said = sentence(atCursor(derived, state), narrow);
    show(says, said !== undefined);
    if (said) showRich(says, said, actOn);
    plot.setAttribute('aria-label', `Timeline of ${derived.layer.name}${said ? `. ${plain(said)}` : ''}`);
  };
  const drawHover = (state: DebuggerState, derived: Derived, layout: TimelineLayout): void => {
    const { pointing, width } = state;
    const text = pointing ? hoverLine(derived, pointing, layout, state, linesScale(layout, derived, state)?.valueAt) : '';
    show(hover, text !== '');
    if (!pointing || text === '') return;
    setText(hover, text);
    if (pointing.byKeys) setText(announcement, spoken(text));
    // Held at the side where there is room, so that its width need not be measured.
    const onLeft = pointing.pageX > width / 2;
    hover.style.left = onLeft ? 'auto' : `${pointing.pageX + 14}px`;
    hover.style.right = onLeft ? `${width - pointing.pageX + 14}px` : 'auto';
    hover.style.top = `${pointing.pageY > 48 ? pointing.pageY - 34 : pointing.pageY + 18}px`;
  };
  /** The sentence about the compared pass, with the way out of the comparison. */
  const drawBeside = (state: DebuggerState, derived: Derived | undefined): void => {
    const run = state.compared?.run;
    const { pending } = state.view?.comparison ?? {};
    show(beside, derived !== undefined && (run !== undefined || pending !== undefined));
    if (!derived) return;
    if (pending !== undefined) showRich(beside, recording(pending));
    else if (run) showRich(beside, [...comparedSentence(derived.view.trace, run, formOf(state.width) === 'narrow'), link('Leave', 'leave-comparison')], actOn);
  };
  store.subscribe(draw);
  draw(store.state);
}

export function gotoFirst({ view, compared }: DebuggerState, goto: (step: number) => void): void {
  const step = compared?.run.first?.step;
  if (view && step !== undefined) goto(Math.min(step, view.trace.steps));
}

/** What marks refer to: the hatch of steps that are no steps (45°, 5 px period), and the two sides of the cursor. */
function addDefinitions(svg: SVGSVGElement): void {
  const make = (name: string, attributes: Readonly<Record<string, string>>, ...children: readonly Element[]): Element => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const line = make('line', { x1: '0', y1: '0', x2: '0', y2: '5', class: 'hatch-line' });
  const hatch = make('pattern', { id: 'hatch', width: '5', height: '5', patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }, line);
  svg.append(make('defs', {}, hatch, ...['reached-clip', 'beyond-clip', 'plot-clip', 'axis-clip'].map((id) => make('clipPath', { id }, make('rect', {})))));
}
