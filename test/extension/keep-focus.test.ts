// A page that asked for a move gets the keyboard back, as often as VS Code takes it for that stop; one that did not ask leaves it.
import { expect, it } from 'vitest';
import { keepFocus } from '../../extension/pages/keep-focus';

function panelAt(clock: { now: number }) {
  let listener: () => void = () => undefined;
  const state = { active: true, visible: true, revealed: 0 };
  const { asks, leaves, dispose } = keepFocus({
    get active() { return state.active; },
    get visible() { return state.visible; },
    onDidChangeViewState: ((heard: () => void) => { listener = heard; return { dispose: () => { listener = () => undefined; } }; }) as never,
    reveal: () => { state.revealed++; become(true); },
  }, () => clock.now);
  const become = (active: boolean): void => {
    state.active = active;
    listener();
  };
  return { asks, leaves, dispose, become, state };
}

it('is taken back each time VS Code turns to the editor for one stop, and no longer than shortly after it', () => {
  const clock = { now: 0 };
  const { asks, become, state } = panelAt(clock);
  asks();
  clock.now = 100;
  become(false);
  clock.now = 180;
  become(false);
  expect([state.revealed, state.active]).toEqual([2, true]);
  clock.now = 5_000;
  become(false);
  expect([state.revealed, state.active]).toEqual([2, false]);
});

it('is not fought for without end', () => {
  const { asks, become, state } = panelAt({ now: 0 });
  asks();
  for (let i = 0; i < 20; i++) become(false);
  expect(state).toMatchObject({ revealed: 4, active: false });
});

it('is left to the editor when the page did not ask', () => {
  const { become, state } = panelAt({ now: 0 });
  become(false);
  expect(state.revealed).toBe(0);
});

it('is left to a person who went to the editor, until the page asks again', () => {
  const { asks, leaves, become, state } = panelAt({ now: 0 });
  asks();
  leaves();
  become(false);
  expect(state.revealed).toBe(0);
  become(true);
  asks();
  become(false);
  expect(state.revealed).toBe(1);
});

it('is left when the page is closed', () => {
  const { asks, dispose, become, state } = panelAt({ now: 0 });
  asks();
  dispose();
  become(false);
  expect(state.revealed).toBe(0);
});

it('is left to a page that was opened in its place', () => {
  const { asks, become, state } = panelAt({ now: 0 });
  asks();
  state.visible = false;
  become(false);
  state.visible = true;
  become(false);
  expect(state.revealed).toBe(0);
});
