// Draws the debugger page's toolbar: pass, moves, replay, place, sequence and layer.
// Not what the moves do: the page hands the actions in.
// Invariant: every control can be reached at every width: a narrow page has a second row.
import { compareChoice, type CompareActions } from '../../compare-choice';
import { button, dressButton, dressDropdown, dropdown } from '../../controls';
import { element, setStyle, setText, show } from '../../elements';
import { icon } from '../../icons';
import { showRich, strong } from '../../rich-text';
import type { Pass } from '../../../protocol/debugger-page';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import type { Form } from '../timeline/layout';
import { waitingBar } from '../../waiting-bar';

export interface ToolbarActions extends CompareActions {
  setPass(pass: Pass): void;
  move(how: 'next' | 'stepIn' | 'stepOut' | 'stepBack' | 'continue' | 'reverseContinue'): void;
  play(): void;
  speed(stepsPerSecond: number): void;
  goto(step: number): void;
  chooseSequence(index: number): void;
  chooseLayer(index: number): void;
  openInspector(): void;
  copyLink(): void;
}

/** Pixels from which the way to the gradient inspector is said in words. */
const roomForWords = 1400;
/** Pixels from which the list of comparisons fits beside everything else. */
const roomForList = 1480;

export const speeds: readonly number[] = [1, 2, 4, 8, 16, 30];

export interface Toolbar {
  readonly root: HTMLElement;
  /** Forward or backward. */
  readonly passes: HTMLElement;
  /** All but where the cursor stands. */
  draw(derived: Derived, state: DebuggerState, form: Form): void;
  /** In place before anything is known, without use; or no longer so. */
  wait(waits: boolean, form: Form): void;
  /** Where the cursor stands: drawn with every step. */
  place(derived: Derived): void;
}

export function toolbar(act: ToolbarActions): Toolbar {
  const forward = element('button', 'segment', 'Forward');
  const backward = element('button', 'segment', 'Backward');
  forward.addEventListener('click', () => act.setPass('forward'));
  backward.addEventListener('click', () => act.setPass('backward'));
  const passes = element('div', 'segments', forward, backward);
  passes.setAttribute('role', 'group');
  passes.setAttribute('aria-label', 'Pass');
  const reverse = button(() => act.move('reverseContinue'));
  const back = button(() => act.move('stepBack'));
  const next = button(() => act.move('next'));
  const go = button(() => act.move('continue'));
  const play = button(act.play);
  const speed = dropdown('Speed of the replay', (value) => act.speed(Number(value)));
  speed.className = 'speed';
  const slider = element('input', 'scrub');
  slider.type = 'range';
  slider.min = '1';
  slider.setAttribute('aria-label', 'Time step');
  slider.addEventListener('input', () => act.goto(Number(slider.value)));
  const place = element('span', 'place');
  const sequence = dropdown('Sequence', (value) => act.chooseSequence(Number(value)));
  const layer = dropdown('Layer', (value) => act.chooseLayer(Number(value)));
  const compare = compareChoice(act);
  const inspector = element('button', 'link inspector-link', icon('gradients'), element('span', '', 'Gradient inspector'));
  inspector.setAttribute('aria-label', 'Gradient inspector');
  inspector.addEventListener('click', act.openInspector);
  const copy = button(act.copyLink);
  const origin = element('span', 'quiet origin');
  const root = element('div', 'toolbar', passes, reverse, back, next, go, element('span', 'rule'), play, speed, slider, place, element('span', 'rule'), element('div', 'row-break'), sequence, layer, compare.root, element('span', 'grow'), inspector, origin, copy);
  root.setAttribute('role', 'toolbar');
  root.setAttribute('aria-label', 'Debugger');
  const moves = (ended: boolean): void => {
    dressButton(reverse, { label: 'Reverse continue', icon: 'continueBack', iconOnly: true, disabled: ended });
    dressButton(back, { label: 'Step back', icon: 'stepOverBack', iconOnly: true, disabled: ended });
    dressButton(next, { label: 'Next (F10)', icon: 'stepOver', iconOnly: true, disabled: ended });
    dressButton(go, { label: 'Continue (F5)', icon: 'continue', iconOnly: true, disabled: ended });
    dressButton(copy, { label: 'Copy link to this state', icon: 'link', iconOnly: true, disabled: ended });
  };
  return {
    root, passes,
    wait: (waits, form) => {
      waitingBar(root, waits);
      if (!waits) return;
      moves(true);
      dressButton(play, { label: 'Replay', icon: 'play', iconOnly: true });
      show(speed, form !== 'narrow');
      show(inspector, false);
    },
    draw: ({ view, layerIndex, pass }, state, form) => {
      const narrow = form === 'narrow';
      // Whole words or none: a list that shows half a name says nothing.
      const brief = form !== 'wide';
      const { trace } = view;
      for (const [segment, name] of [[forward, 'forward'], [backward, 'backward']] as const) {
        segment.classList.toggle('on', pass === name);
        segment.setAttribute('aria-pressed', String(pass === name));
      }
      backward.title = trace.backwardRecorded ? '' : 'Runs the backward pass';
      const ended = state.over !== undefined;
      moves(ended);
      dressButton(play, { label: state.playing ? 'Pause the replay' : 'Replay', icon: state.playing ? 'pause' : 'play', iconOnly: true });
      dressDropdown(speed, speeds.map((n) => ({ value: String(n), label: brief ? `${n}/s` : `${n} steps/s` })), String(state.stepsPerSecond));
      const known = trace.sequences.some(({ index }) => index === trace.sequence.index) ? trace.sequences : [trace.sequence, ...trace.sequences];
      dressDropdown(sequence, known.map(({ index, label }) => ({ value: String(index), label: brief ? `#${index}` : label })), String(trace.sequence.index));
      dressDropdown(layer, trace.layers.map((l, index) => ({ value: String(index), label: brief ? l.name : `${l.name} = ${l.call}` })), String(layerIndex));
      compare.draw(view.comparison.choices, view.comparison.compared?.id, state.width >= roomForList);
      setText(origin, trace.origin);
      // A narrow page has no room for what cannot be pressed, nor for a second way to a place in a long sequence.
      for (const move of [reverse, back, next, go]) show(move, !(narrow && ended));
      show(slider, !(narrow && trace.steps > 999));
      show(speed, !narrow);
      show(origin, !narrow);
      show(inspector, trace.backwardRecorded);
      const inWords = state.width >= roomForWords;
      inspector.classList.toggle('in-words', inWords);
      inspector.title = inWords ? '' : 'Gradient inspector';
    },
    place: ({ view: { trace, cursor } }) => {
      const [steps, step] = [String(trace.steps), String(cursor.step)];
      if (slider.max !== steps) slider.max = steps;
      if (slider.value !== step) slider.value = step;
      const part = trace.steps > 1 ? (cursor.step - 1) / (trace.steps - 1) : 1;
      setStyle(slider, { '--part': `${part * 100}%` });
      slider.classList.toggle('backward', cursor.pass === 'backward');
      // As wide as its longest text: the toolbar is not laid out anew for every step.
      setStyle(place, { width: `${2 * steps.length + 5}ch` });
      showRich(place, [strong(`t = ${step}`), ` / ${steps}`]);
    },
  };
}
