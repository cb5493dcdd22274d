// The gradient inspector: verdict, two leads and the triangle, four small pictures; drawn anew from the state.
// Not the wire (entry.ts). A picture whose numbers cannot be had is not shown at all.
import { type CompareActions, compareChoice } from '../compare-choice';
import { button, dressButton, dressDropdown, dropdown, tabs } from '../controls';
import { recording } from '../debugger/compare/sentences';
import type { Table } from '../export/csv';
import { type Save, saveMenu } from '../export/save-menu';
import { element, setText, show } from '../elements';
import { icon } from '../icons';
import { link, showRich } from '../rich-text';
import { spoken } from '../picture/spoken';
import { sessionBars } from '../session-bars';
import { keyList } from '../key-list';
import type { Store } from '../store';
import { publishMarks } from '../theme/environment';
import { waiting as waitingPage } from '../waiting';
import { waitingBar } from '../waiting-bar';
import { inspectorKeys } from './view/keys';
import { replayControls } from './view/replay-controls';
import type { InspectorView } from '../../protocol/inspector-page';
import { inspectorBlocks, inspectorFrame, stepUnder, type InspectorFrame } from './layout/frame';
import { decay, factorsSentence, horizonSentence, needsSteps, parameterSentence, pathSentence, saturationSentence, spectrumSentence, verdict, waitingFor } from './sentences';
import { chosenLoss, usualLoss, type InspectorState, type SmallName } from './state';
import { curvesTable, factorsTable, horizonTable, parametersTable, pathsTable, saturationTable, spectrumTable } from './tables';
import { figure, type Figure } from './view/figure';
import { hoverText, smallUnder } from './view/hover';
import { drawCurves, drawPaths, drawPointed } from './view/leads';
import { drawFactors } from './view/factors';
import { drawHorizon, drawParameters, drawSaturation, drawSpectrum } from './view/small';
import { type TriangleActions, triangleSection } from './view/triangle-section';

export interface InspectorActions extends CompareActions, TriangleActions {
  goto(step: number): void;
  chooseSequence(index: number): void;
  runBackward(): void;
  /** Asks the host once more for what there is to show. */
  again(): void;
  openDebugger(): void;
  runAgain(): void;
  copyLink(): void;
  begin(what: 'train' | 'debug' | 'example'): void;
  readonly save: Save;
}

/** What a small picture shows. */
const receivedAs = { eigenvalues: 'spectrum', parameters: 'parameters', saturation: 'saturation', horizon: 'horizon' } as const;

export function mountInspector(root: HTMLElement, store: Store<InspectorState>, act: InspectorActions): void {
  const one = element('button', 'segment');
  const all = element('button', 'segment', 'All losses');
  one.addEventListener('click', () => store.update((s) => (s.view ? { ...s, loss: s.loss ?? usualLoss(s.view, s.layer) } : s)));
  all.addEventListener('click', () => store.update((s) => ({ ...s, loss: null })));
  const segments = element('div', 'segments', one, all);
  const sequence = dropdown('Sequence', (value) => act.chooseSequence(Number(value)));
  const layer = dropdown('Layer', (value) => store.update((s) => ({ ...s, layer: Number(value), received: {} })));
  const compare = compareChoice(act);
  const replay = replayControls(store, act.goto);
  const place = element('span', 'place');
  const open = button(act.openDebugger);
  const copy = button(act.copyLink);
  const bar = element('div', 'toolbar', segments, sequence, layer, compare.root, element('span', 'rule'), replay.root, element('span', 'grow'), place, open, copy);
  bar.setAttribute('role', 'toolbar');
  bar.setAttribute('aria-label', 'Gradient inspector');
  const standing = sessionBars(() => act.runAgain());
  bar.prepend(standing.word);
  const loading = element('div', 'loading-line');
  const problem = element('div', 'bar problem');
  problem.setAttribute('role', 'alert');
  const sign = element('span', 'sign');
  const lines = [element('p'), element('p')] as const;
  const pending = element('div', 'bar working');
  pending.setAttribute('role', 'status');
  const says = element('div', 'verdict-box', sign, element('div', '', ...lines));
  says.setAttribute('role', 'status');
  const curves = figure('curves-plot', 'State gradient over time', 'norm at step t of the gradient of one loss; from right to left. A straight fall on this log scale is exponential forgetting.');
  const pathHow = 'what reaches the state at step t, by its way out of t + 1: straight on, or through a recurrent matrix. Shares of the summed norms.';
  const paths = figure('paths-plot', 'Path', pathHow);
  const factors = figure('factors-plot', 'Factors of the gradient', 'the recurrent matrix alone (Wⁿ) and the activations’ slopes alone (∏σ′), from the loss back to step t; the gradient is near their product.');
  const reaching = triangleSection(store, act);
  const triangle = reaching.figure;
  const spectrum = figure('spectrum-plot', 'Eigenvalues of one step', 'inside the circle shrinks when steps repeat, outside grows, near +1 is kept.');
  const parameters = figure('parameters-plot', 'Parameter gradient by step', 'what each step adds to a parameter’s gradient, before summing over time; bar = the sum.');
  const saturation = figure('saturation-plot', 'Gate saturation', 'a dot is a unit; right = open (> 0.9) that share of the time, up = closed (< 0.1).');
  const horizon = figure('horizon-plot', 'Memory horizon', 'share of the gradient left k steps back; median, band 10–90 %.');
  const leads = element('div', 'leads', curves.section, paths.section, factors.section);
  const lead = element('div', 'lead-row', leads, element('div', 'triangle-column', triangle.section));
  const smallRow = element('div', 'small-row');
  const small: readonly (readonly [SmallName, string, typeof spectrum])[] = [['eigenvalues', 'Eigenvalues', spectrum], ['parameters', 'Parameters', parameters], ['saturation', 'Gates', saturation], ['horizon', 'Horizon', horizon]];
  const missing = element('div', 'empty');
  const hover = element('div', 'hover-line');
  const announcement = element('div', 'unseen');
  announcement.setAttribute('aria-live', 'polite');
  const keys = keyList(inspectorKeys);
  const body = element('main', 'inspector-body', lead, smallRow);
  root.classList.add('inspector');
  const before = waitingPage('Waiting for the debug session to record the pass and its gradients…', act.again);
  const waiting = element('div', 'note waiting');
  waiting.setAttribute('role', 'status');
  root.replaceChildren(bar, loading, ...standing.parts, problem, pending, says, waiting, body, before.root, missing, hover, announcement, keys);

  const saveable = ({ section, plot }: Figure, title: string, table: (state: InspectorState, view: InspectorView) => Table | undefined): void => {
    section.classList.add('saveable');
    section.append(saveMenu(title, () => {
      const { state } = store;
      const { view } = state;
      const words = section.querySelector('.title')?.textContent ?? title;
      return view && { name: `${view.trace.model} ${title}`, picture: { title: `${view.trace.model}: ${words}`, plots: [plot] }, table: () => table(state, view) };
    }, act.save));
  };
  saveable(curves, 'State gradient over time', ({ received }, view) => received.curves ? curvesTable(received.curves, view.compared?.label) : undefined);
  saveable(paths, 'Path of the gradient', ({ received }) => received.paths ? pathsTable(received.paths) : undefined);
  saveable(factors, 'Factors of the gradient', ({ received }) => received.factors ? factorsTable(received.factors) : undefined);
  saveable(triangle, 'Which loss reaches which step', reaching.table);
  saveable(spectrum, 'Eigenvalues of one step', ({ received }, view) => {
    if (!received.spectrum) return undefined;
    const { run, compared } = received.spectrum;
    return spectrumTable([{ label: view.label, spectrum: run }, ...(compared ? [{ label: view.compared?.label ?? 'compared', spectrum: compared }] : [])], view.cursor.step, received.radii ?? undefined);
  });
  saveable(parameters, 'Parameter gradient by step', ({ received }, view) => received.parameters ? parametersTable(received.parameters, view.trace.steps) : undefined);
  saveable(saturation, 'Gate saturation', ({ received }) => received.saturation ? saturationTable(received.saturation) : undefined);
  saveable(horizon, 'Memory horizon', ({ received }, view) => received.horizon ? horizonTable(received.horizon, view.label, view.compared?.label) : undefined);
  listen();
  let begun = false;
  store.subscribe(draw);
  draw(store.state);

  function draw(state: InspectorState): void {
    publishMarks(root, state.theme);
    show(keys, state.keysShown);
    const { view, received } = state;
    const recorded = view?.trace.backwardRecorded === true;
    const rest = recorded && state.slow ? waitingFor(received) : undefined;
    show(waiting, rest !== undefined);
    if (rest) showRich(waiting, rest);
    show(loading, (state.phase === 'loading' && state.slow) || rest !== undefined || state.view?.pending !== undefined);
    show(pending, recorded && view?.pending !== undefined);
    if (view?.pending !== undefined) showRich(pending, recording(view.pending));
    show(problem, state.problem !== undefined);
    if (state.problem !== undefined) showRich(problem, [state.problem, ' ', link('Dismiss', 'dismiss')], () => store.update(({ problem: _, ...s }) => s));
    standing.draw(view && { file: view.trace.layers[state.layer]?.file ?? view.trace.model, stale: view.trace.stale, over: state.over });
    show(bar, recorded || state.phase === 'loading');
    waitingBar(bar, state.phase === 'loading');
    if (state.phase === 'loading') drawWaiting(state);
    // Leads and their sentence come together: nothing that is shown already moves. What takes long does not hold the rest up.
    begun = recorded && (begun || (received.curves !== undefined && received.paths !== undefined && received.factors !== undefined) || state.slow || state.problem !== undefined);
    before.draw(recorded && !begun ? { ...state, phase: 'loading' } : state, state.height - 80, () => inspectorBlocks(state.width));
    show(body, recorded && begun);
    show(missing, state.phase === 'empty' || (view !== undefined && !recorded));
    drawMissing(state);
    const cursor = view?.cursor.step ?? 1;
    const steps = view?.trace.steps ?? 1;
    if (!view || !recorded) {
      show(hover, false);
      show(says, false);
      return;
    }
    const frame = inspectorFrame(state.width, steps, cursor);
    root.dataset['form'] = frame.form;
    const loss = chosenLoss(state);
    drawBar(state, loss);
    const said = received.curves ? verdict(view, received.curves) : undefined;
    show(says, said !== undefined);
    if (said) {
      if (sign.dataset['kind'] !== said.kind) sign.replaceChildren(icon(said.kind));
      sign.dataset['kind'] = said.kind;
      lines.forEach((p, i) => {
        show(p, said.lines[i] !== undefined);
        showRich(p, said.lines[i] ?? [], (action) => act.goto(Number(action)));
      });
    }
    layOut(frame, state.tab);
    leads.style.width = `${frame.leadWidth + (frame.form === 'narrow' ? 24 : 32)}px`;
    const labels = { run: view.label, compared: view.compared?.label };
    const needs = needsSteps(steps);
    const pointed = state.pointing && (['curves', 'paths', 'triangle', 'parameters'] as const).some((each) => each === state.pointing?.picture) ? state.pointing.step : undefined;
    for (const [{ svg }, height] of [[curves, frame.curveHeight], [paths, frame.pathHeight], [factors, frame.pathHeight]] as const) drawPointed(svg, frame, pointed, height);
    for (const { plot } of [curves, paths, factors]) show(plot, needs === undefined);
    show(curves.section, received.curves !== null);
    if (received.curves && needs) curves.say('State gradient over time', needs);
    else if (received.curves) {
      curves.size(frame.leadWidth, frame.curveHeight + 44);
      drawCurves(curves.svg, received.curves, frame, view.trace, view.label, view.compared?.label, cursor);
      curves.say('State gradient over time', decay(view, received.curves), received.curves.reversed === true ? 'norm at step t of the gradient of one loss; from left to right, as this layer walks from the end. A straight fall on this log scale is exponential forgetting.' : undefined);
    }
    show(paths.section, received.paths !== null && received.paths !== undefined);
    if (received.paths && needs) paths.say(`Path of ∂L/∂${received.paths.state}`, needs);
    else if (received.paths) {
      paths.size(frame.leadWidth, frame.pathHeight + 6);
      drawPaths(paths.svg, received.paths, frame, view.trace.valid, cursor);
      paths.say(`Path of ∂L/∂${received.paths.state}`, pathSentence(received.paths, loss ?? (received.paths.reversed === true ? 1 : steps), cursor), received.paths.reversed === true ? pathHow.replace('t + 1', 't − 1') : undefined);
    }
    show(factors.section, !received.paths && received.factors !== null && received.factors !== undefined);
    if (received.factors && !received.paths && needs) factors.say('Factors of the gradient', needs);
    else if (received.factors && !received.paths) {
      factors.size(frame.leadWidth, frame.pathHeight + 6);
      drawFactors(factors.svg, received.factors, frame, cursor);
      factors.say('Factors of the gradient', factorsSentence(received.factors));
    }
    reaching.draw(state, frame);
    drawSmall(state, frame, labels);
    drawHover(state);
  }

  /** What of the toolbar is known without a pass. */
  function drawWaiting(state: InspectorState): void {
    root.dataset['form'] = inspectorFrame(state.width, 1, 1).form;
    setText(one, state.width < 760 ? 'Loss' : 'Loss at t =');
    setText(all, state.width < 760 ? 'All' : 'All losses');
    replay.draw(state);
    dressButton(copy, { label: 'Copy link to this state', icon: 'link', iconOnly: true });
    dressButton(open, { label: 'Open the visual debugger', icon: 'continue', iconOnly: true });
  }

  function drawSmall(state: InspectorState, frame: InspectorFrame, labels: { readonly run: string; readonly compared: string | undefined }): void {
    const { view, received } = state;
    if (!view) return;
    const has: Readonly<Record<SmallName, boolean>> = { eigenvalues: !!received.spectrum, parameters: !!received.parameters, saturation: received.saturation === undefined || (!!received.saturation && received.saturation.gates.length > 0), horizon: !!received.horizon };
    // A cell without gates leaves no hole: three pictures share the row.
    const inRow = frame.form === 'wide' && !has.saturation ? 3 : 4;
    smallRow.style.setProperty('--pictures', String(inRow));
    const width = Math.floor(inRow === 3 ? (4 * frame.smallWidth + 24) / 3 : frame.smallWidth);
    const { step } = view.cursor;
    const { steps } = view.trace;
    if (received.spectrum) {
      drawSpectrum(spectrum, received.spectrum.run, received.spectrum.compared, received.radii ?? undefined, step, width, labels);
      spectrum.say(`Eigenvalues of one step, t = ${step}`, spectrumSentence(view, received.spectrum.run, received.spectrum.compared));
    }
    if (received.parameters) {
      drawParameters(parameters, received.parameters, steps, step, width, state.theme.palette);
      parameters.say('Parameter gradient by step', parameterSentence(received.parameters, steps));
    }
    if (received.saturation) {
      drawSaturation(saturation, received.saturation, width);
      saturation.say('Gate saturation', saturationSentence(received.saturation));
    }
    if (received.horizon) {
      drawHorizon(horizon, received.horizon, width, labels);
      const short = needsSteps(received.horizon.run.median.length);
      show(horizon.plot, short === undefined);
      horizon.say(`Memory horizon, ${received.horizon.sequences} ${received.horizon.sequences === 1 ? 'sequence' : 'sequences'}`, short ?? horizonSentence(view, received.horizon));
    }
    for (const [name, , fig] of small) show(fig.section, has[name] && received[receivedAs[name]] !== undefined);
    const gates = smallRow.querySelector<HTMLElement>('#tab-saturation');
    if (gates) show(gates, has.saturation);
  }

  function layOut(frame: InspectorFrame, tab: SmallName): void {
    const form = frame.form === 'narrow' ? 'tabs' : 'row';
    // A link may ask for another tab.
    if (smallRow.dataset['tab'] !== tab) smallRow.querySelector('vscode-panels')?.setAttribute('activeid', `tab-${tab}`);
    smallRow.dataset['tab'] = tab;
    if (smallRow.dataset['form'] === form) return;
    smallRow.dataset['form'] = form;
    if (form === 'row') smallRow.replaceChildren(...small.map(([, , fig]) => fig.section));
    else smallRow.replaceChildren(tabs(small.map(([id, label, fig]) => ({ id, label, content: fig.section })), tab, (id) => store.update((s) => ({ ...s, tab: id as SmallName }))));
  }

  function drawBar(state: InspectorState, loss: number | null): void {
    const { view } = state;
    if (!view) return;
    const narrow = state.width < 760;
    setText(one, `${narrow ? 'Loss' : 'Loss at t ='} ${loss ?? usualLoss(view, state.layer)}`);
    setText(all, narrow ? 'All' : 'All losses');
    one.classList.toggle('on', loss !== null);
    all.classList.toggle('on', loss === null);
    one.setAttribute('aria-pressed', String(loss !== null));
    all.setAttribute('aria-pressed', String(loss === null));
    const { trace } = view;
    const known = trace.sequences.some(({ index }) => index === trace.sequence.index) ? trace.sequences : [trace.sequence, ...trace.sequences];
    dressDropdown(sequence, known.map(({ index, label }) => ({ value: String(index), label: narrow ? `#${index}` : label })), String(trace.sequence.index));
    dressDropdown(layer, trace.layers.map((l, index) => ({ value: String(index), label: narrow ? l.name : `${l.name} = ${l.call}` })), String(state.layer));
    compare.draw(view.choices, view.compared?.id, state.width >= 1000);
    replay.draw(state);
    showRich(place, [{ kind: 'strong', text: `t = ${view.cursor.step}` }, ` / ${trace.steps}`]);
    dressButton(copy, { label: 'Copy link to this state', icon: 'link', iconOnly: true });
    dressButton(open, { label: 'Open the visual debugger', icon: 'continue', iconOnly: true });
  }

  function drawMissing(state: InspectorState): void {
    const key = state.phase === 'empty' ? 'empty' : 'no gradients';
    if (missing.dataset['says'] === key) return;
    missing.dataset['says'] = key;
    const press = (label: string, run: () => void, primary: boolean): HTMLElement => {
      const made = button(run);
      dressButton(made, { label, look: primary ? 'primary' : 'secondary' });
      return made;
    };
    const choices = key === 'empty' ? [press('Debug RNN', () => act.begin('debug'), true), press('Train RNN', () => act.begin('train'), false), press('Open an example', () => act.begin('example'), false)] : [press('Run the backward pass', act.runBackward, true)];
    missing.replaceChildren(element('h1', '', 'Gradient inspector'), element('p', '', key === 'empty' ? 'Nothing recorded yet.' : 'No gradients recorded.'), element('div', 'choices', ...choices));
  }

  function drawHover(state: InspectorState): void {
    const { pointing } = state;
    const text = pointing?.picture === 'triangle' ? reaching.hoverText(state) : pointing ? hoverText(state) : '';
    show(hover, text !== '');
    if (!pointing || text === '') return;
    setText(hover, text);
    setText(announcement, spoken(text));
    hover.style.left = `${Math.max(8, Math.min(pointing.pageX + 14, state.width - hover.offsetWidth - 8))}px`;
    hover.style.top = `${pointing.pageY > 48 ? pointing.pageY - 34 : pointing.pageY + 18}px`;
  }

  function listen(): void {
    const onTime = (plot: HTMLElement, picture: 'curves' | 'paths'): void => {
      const at = (event: MouseEvent): number | undefined => {
        const { view, width } = store.state;
        return view && stepUnder(inspectorFrame(width, view.trace.steps, view.cursor.step), event.clientX - plot.getBoundingClientRect().left);
      };
      plot.addEventListener('pointermove', (event) => {
        const step = at(event);
        store.update(({ pointing: _, ...s }) => (step === undefined ? s : { ...s, pointing: { picture, step, pageX: event.clientX, pageY: event.clientY } }));
      });
      plot.addEventListener('click', (event) => {
        const step = at(event);
        const { view, width } = store.state;
        if (step === undefined || !view) return;
        const y = event.clientY - plot.getBoundingClientRect().top;
        // A click on a token chooses its loss; elsewhere it moves the cursor.
        if (picture === 'curves' && y > inspectorFrame(width, view.trace.steps, view.cursor.step).curveHeight && !Number.isNaN(view.trace.loss.values[step - 1])) store.update((s) => ({ ...s, loss: step }));
        else act.goto(step);
      });
    };
    onTime(curves.plot, 'curves');
    onTime(paths.plot, 'paths');
    onTime(factors.plot, 'paths');
    for (const [picture, , { plot }] of small) {
      plot.addEventListener('pointermove', (event) => {
        const box = plot.getBoundingClientRect();
        const found = smallUnder(picture, store.state, plot, event.clientX - box.left, event.clientY - box.top);
        store.update(({ pointing: _, ...s }) => (found ? { ...s, pointing: { ...found, pageX: event.clientX, pageY: event.clientY } } : s));
      });
    }
    reaching.listen(() => {
      const { view, width } = store.state;
      return view && inspectorFrame(width, view.trace.steps, view.cursor.step);
    });
    for (const { plot } of [curves, paths, factors, triangle, ...small.map(([, , each]) => each)]) plot.addEventListener('pointerleave', () => store.update(({ pointing: _, ...s }) => s));
  }
}
