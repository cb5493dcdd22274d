// A panel beside the editor that holds one of our pages, and the host's end of its wire.
// Not what the page says: whoever opens it puts a channel on the port.
// Invariant: the page may load our own files and nothing else; the panel owns its port and ends it when it is closed.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Port } from '../../protocol/channel';
import { pageDocument } from '../../protocol/page-document';

export interface PageOptions {
  /** Folder of webview/ whose entry is the page: `dist/webview/<page>.js`. */
  readonly page: string;
  /** `rnn.` and a name, for VS Code's context keys. */
  readonly viewType: string;
  readonly title: string;
  readonly column?: vscode.ViewColumn;
  /** The page carries an engine: it may compile WebAssembly and is kept when hidden. */
  readonly engine?: boolean;
}

export interface PagePanel {
  readonly panel: vscode.WebviewPanel;
  readonly port: Port;
}

/** `restored`: the panel that VS Code kept over a reload, to be filled again. */
export function openPagePanel(extensionUri: vscode.Uri, options: PageOptions, restored?: vscode.WebviewPanel): PagePanel {
  const dist = vscode.Uri.joinPath(extensionUri, 'dist');
  if (restored !== undefined) restored.webview.options = { enableScripts: true, localResourceRoots: [dist] };
  const panel = restored ?? vscode.window.createWebviewPanel(
    options.viewType, options.title, { viewColumn: options.column ?? vscode.ViewColumn.Beside, preserveFocus: true },
    // A hidden page that is kept costs memory; one that carries an engine would lose its run.
    { enableScripts: true, localResourceRoots: [dist], retainContextWhenHidden: options.engine === true },
  );
  const address = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview', name)).toString();
  const port = webviewPort(panel);
  panel.webview.html = pageDocument({
    title: options.title, script: address(`${options.page}.js`), style: address(`${options.page}.css`), source: panel.webview.cspSource,
    nonce: randomBytes(16).toString('hex'), engine: options.engine === true,
  });
  return { panel, port };
}

/** What is posted to a closed panel is dropped: its channel answers open requests itself. */
function webviewPort(panel: vscode.WebviewPanel): Port {
  let closed = false;
  panel.onDidDispose(() => { closed = true; });
  return {
    // Buffers are copied: VS Code moves none between the host and a page.
    post: (message) => { if (!closed) void panel.webview.postMessage(message); },
    receive: (listener) => {
      const subscription = panel.webview.onDidReceiveMessage(listener);
      return () => subscription.dispose();
    },
  };
}
