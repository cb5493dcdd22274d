// The gallery's `acquireVsCodeApi`: a port between the page's script and a host that plays in the same window, or in another one as VS Code's does.
// Not shipped. The scene and the page come from the address, and how the first question is answered: `late` (when `answerNow` is called), `never`, or `refused` once.
import type { Port } from '../../../protocol/channel';
import { playDebuggerHost } from './debugger-host';
import { playInspectorHost } from './inspector-host';
import { playTrainingHost } from './training-host';

const parameters = new URLSearchParams(location.search);
const players: Readonly<Record<string, (port: Port, scene: string) => void>> = { training: playTrainingHost, debugger: playDebuggerHost, inspector: playInspectorHost };
const play = (port: Port): void => players[parameters.get('page') ?? 'training']?.(port, parameters.get('scene') ?? 'running');

/** Sends to whom `send` reaches, and hears what `arrive` is called with. */
function portOf(send: (message: unknown) => void): { readonly port: Port; arrive(message: unknown): void } {
  const listeners = new Set<(message: unknown) => void>();
  return {
    port: {
      post: send,
      receive: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    arrive: (message) => {
      for (const listener of listeners) listener(message);
    },
  };
}

let first = parameters.get('first');
function answer(message: unknown, arrive: () => void): void {
  const { name, id, scope } = message as { readonly name?: string; readonly id?: number; readonly scope?: string };
  if (name !== 'hello' || first === null) return arrive();
  if (first === 'late') Object.assign(window, { answerNow: arrive });
  if (first === 'refused') window.postMessage({ unroll: 1, scope, kind: 'error', id, code: 'view', message: 'The debug adapter did not answer.' }, '*');
  if (first !== 'never') first = null;
}

const host = parameters.get('host');
if (host === 'here') {
  // Another tab, and another process of the browser, plays for the page.
  const wire = new BroadcastChannel('gallery');
  const { port, arrive } = portOf((message) => wire.postMessage(message));
  wire.addEventListener('message', ({ data }) => arrive(data));
  play(port);
} else if (host === 'elsewhere') {
  const wire = new BroadcastChannel('gallery');
  wire.addEventListener('message', ({ data }) => window.dispatchEvent(new MessageEvent('message', { data })));
  Object.assign(window, { acquireVsCodeApi: () => ({ setState: () => undefined, postMessage: (message: unknown) => wire.postMessage(message) }) });
} else {
  const { port, arrive } = portOf((message) => window.postMessage(message, '*'));
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      setState: () => undefined,
      postMessage: (message: unknown) => answer(message, () => queueMicrotask(() => arrive(structuredClone(message)))),
    }),
  });
  play(port);
}
// As VS Code does, which gives its light theme of high contrast the class of the dark one, too.
const theme = parameters.get('theme') ?? 'dark';
document.addEventListener('DOMContentLoaded', () => document.body.classList.add(`vscode-${theme}`, ...(theme === 'high-contrast-light' ? ['vscode-high-contrast'] : [])));
