// Plays the backward pass: play or pause, speed, and a slider to scrub with.
// Not the replay itself (../../debugger/replay.ts), and not where the session stands.
import { button, dressButton, dressDropdown, dropdown } from '../../controls';
import { speeds } from '../../debugger/view/toolbar';
import { element, show } from '../../elements';
import type { Store } from '../../store';
import type { InspectorState } from '../state';

export interface ReplayControls {
  readonly root: HTMLElement;
  draw(state: InspectorState): void;
}

export function replayControls(store: Store<InspectorState>, goto: (step: number) => void): ReplayControls {
  const play = button(() => store.update((state) => ({ ...state, playing: !state.playing })));
  const speed = dropdown('Speed of the replay', (value) => store.update((state) => ({ ...state, stepsPerSecond: Number(value) })));
  speed.className = 'speed';
  const slider = element('input', 'scrub backward');
  slider.type = 'range';
  slider.min = '1';
  slider.setAttribute('aria-label', 'Time step');
  slider.addEventListener('input', () => goto(Number(slider.value)));
  return {
    root: element('span', 'replay', play, speed, slider),
    draw: ({ playing, stepsPerSecond, width, view }) => {
      if (!view) return;
      const { cursor, trace } = view;
      dressButton(play, { label: playing ? 'Pause the replay' : 'Replay backwards', icon: playing ? 'pause' : 'play', iconOnly: true });
      dressDropdown(speed, speeds.map((n) => ({ value: String(n), label: `${n}/s` })), String(stepsPerSecond));
      show(speed, width >= 760);
      slider.max = String(trace.steps);
      if (Number(slider.value) !== cursor.step) slider.value = String(cursor.step);
      slider.style.setProperty('--part', `${trace.steps > 1 ? (100 * (cursor.step - 1)) / (trace.steps - 1) : 100}%`);
    },
  };
}
