// Draws the toolbar: how the run stands, its buttons, its progress, its backend and its settings.
// Not what the buttons do: the page hands the actions in.
import { button, dressButton } from '../../controls';
import { element, setText, show } from '../../elements';
import { showRich, strong } from '../../rich-text';
import { waitingBar } from '../../waiting-bar';
import { count, duration, rate } from '../../theme/numbers';
import { backendReason, stateWord } from '../sentences';
import type { RunData } from '../run-data';

export interface RunActions {
  pause(): void;
  resume(): void;
  stop(): void;
  restart(): void;
  settings(): void;
}

export interface Toolbar {
  readonly root: HTMLElement;
  draw(run: RunData): void;
  /** In place before anything is known, without use; or no longer so. */
  wait(waits: boolean): void;
}

export function toolbar(act: RunActions, current: () => RunData | undefined): Toolbar {
  const dot = element('span', 'dot');
  const word = element('span', 'state');
  word.setAttribute('role', 'status');
  const toggle = button(() => (current()?.status.state === 'paused' ? act.resume() : act.pause()));
  const stop = button(act.stop);
  const restart = button(act.restart);
  const iterations = element('span', 'iterations');
  const filled = element('div');
  const progress = element('div', 'progress', filled);
  progress.setAttribute('role', 'progressbar');
  progress.setAttribute('aria-label', 'iterations done');
  const timeLeft = element('span', 'time-left');
  const speed = element('span', 'speed');
  const backend = element('span', 'backend');
  backend.tabIndex = 0;
  const settings = element('button', 'link settings quiet');
  settings.addEventListener('click', act.settings);
  const rule = element('span', 'rule');
  const root = element('div', 'toolbar', dot, word, toggle, stop, restart, rule, iterations, progress, timeLeft, speed, element('span', 'rule'), backend, element('span', 'grow'), settings);
  root.setAttribute('role', 'toolbar');
  root.setAttribute('aria-label', 'Training');
  return {
    root,
    wait: (waits) => {
      waitingBar(root, waits);
      if (!waits) return;
      dressButton(toggle, { label: 'Pause', icon: 'pause', iconOnly: true });
      dressButton(stop, { label: 'Stop', icon: 'stop', iconOnly: true });
      show(restart, false);
    },
    draw: ({ header, status }) => {
      dot.className = `dot ${status.state}`;
      setText(word, stateWord(status.state));
      word.title = status.sentence;
      const going = status.state === 'running' || status.state === 'paused' || status.state === 'starting';
      const paused = status.state === 'paused';
      dressButton(toggle, { label: paused ? 'Resume' : 'Pause', icon: paused ? 'play' : 'pause', iconOnly: true, disabled: status.state === 'starting' });
      dressButton(stop, { label: 'Stop', icon: 'stop', iconOnly: true });
      // Both go on from the last checkpoint; what failed is started again.
      dressButton(restart, status.state === 'failed' ? { label: 'Restart', icon: 'restart', look: 'secondary' } : { label: 'Resume', icon: 'play', look: 'secondary' });
      show(toggle, going);
      show(stop, going);
      show(restart, !going && status.canRestart === true);
      showRich(iterations, [strong(count(status.iteration)), ` / ${count(header.iterations)}`]);
      iterations.title = 'iterations';
      const part = header.iterations > 0 ? Math.min(1, status.iteration / header.iterations) : 0;
      filled.style.width = `${part * 100}%`;
      progress.setAttribute('aria-valuenow', String(Math.round(part * 100)));
      const running = status.state === 'running';
      showRich(timeLeft, running && status.timeLeft !== undefined ? [strong(duration(status.timeLeft)), ' left'] : []);
      showRich(speed, running && status.speed !== undefined ? [strong(rate(status.speed)), ' iterations/s'] : []);
      const known = `${header.backend.name}|${header.backend.detail}`;
      if (backend.dataset['says'] !== known) {
        backend.dataset['says'] = known;
        backend.replaceChildren(element('strong', '', header.backend.name), element('span', 'detail', ` ${header.backend.detail}`));
      }
      backend.classList.toggle('fallback', header.backend.fallback !== undefined);
      backend.title = backendReason(header);
      backend.setAttribute('aria-label', `Backend ${backendReason(header)}`);
      const set = header.settings.map(({ name, value }) => `${name} ${value}`.trim()).join(' · ');
      setText(settings, set);
      settings.title = `${set}\nShow the train block in the source`;
    },
  };
}
