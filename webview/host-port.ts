// The page's end of the wire to the extension: VS Code's own `postMessage`, as a port for the channel.
// Not a protocol: the channel decides what a message means, and ignores what is not its own.
// Invariant: `acquireVsCodeApi` is called once per page; nothing else in the page listens to window messages.
import type { Port } from '../protocol/channel';

interface VsCodeApi {
  postMessage(message: unknown, transfer?: readonly unknown[]): void;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

let acquired: VsCodeApi | undefined;

function vsCode(): VsCodeApi {
  acquired ??= acquireVsCodeApi();
  return acquired;
}

/** What VS Code hands to the extension when it opens this page again after the window was reloaded. */
export function keepForReload(state: unknown): void {
  vsCode().setState(state);
}

export function hostPort(): Port {
  const api = vsCode();
  return {
    post: (message, transfer) => api.postMessage(message, transfer),
    receive: (listener) => {
      const take = (event: MessageEvent): void => listener(event.data);
      window.addEventListener('message', take);
      return () => window.removeEventListener('message', take);
    },
  };
}
