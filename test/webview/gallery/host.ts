// The gallery's `acquireVsCodeApi`: a port between the page's script and a host that plays in the same window.
// Not shipped. The scene and the page come from the address.
import type { Port } from '../../../protocol/channel';
import { playDebuggerHost } from './debugger-host';
import { playInspectorHost } from './inspector-host';
import { playTrainingHost } from './training-host';

const fromPage = new Set<(message: unknown) => void>();
const port: Port = {
  post: (message) => window.postMessage(message, '*'),
  receive: (listener) => {
    fromPage.add(listener);
    return () => fromPage.delete(listener);
  },
};
Object.assign(window, {
  acquireVsCodeApi: () => ({
    setState: () => undefined,
    postMessage: (message: unknown) => {
      for (const listener of fromPage) queueMicrotask(() => listener(structuredClone(message)));
    },
  }),
});

const parameters = new URLSearchParams(location.search);
const players: Readonly<Record<string, (port: Port, scene: string) => void>> = { training: playTrainingHost, debugger: playDebuggerHost, inspector: playInspectorHost };
players[parameters.get('page') ?? 'training']?.(port, parameters.get('scene') ?? 'running');
document.addEventListener('DOMContentLoaded', () => document.body.classList.add(`vscode-${parameters.get('theme') ?? 'dark'}`));
