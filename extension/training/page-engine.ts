// An engine in a worker of a page: `webgpu`. The page starts it and passes its messages on.
// Not the page's views. Invariant: when the panel closes, the engine is gone with it, and its link says so.
import * as vscode from 'vscode';
import { Channel, RequestError } from '../../protocol/channel';
import { type EngineCarrier, type EngineCarrierOwner, type EngineHost, type EngineOwner, carrierScope, engineScope } from '../../protocol/engine-host';
import type { PagePanel } from '../pages/page-panel';
import type { EngineLink } from './engine-link';
import { ownerFiles } from './owner-files';

/** A page that cannot say within this time that it listens is not coming. */
const patience = 30_000;

/** One per panel; made before the page's script runs, so that its first word is heard. */
export class PageCarrier implements vscode.Disposable {
  private readonly channel: Channel<EngineCarrierOwner, EngineCarrier>;
  private readonly ready: Promise<void>;
  private readonly closed: Promise<string>;
  private close: () => void = () => undefined;

  constructor(
    private readonly page: PagePanel,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.channel = new Channel<EngineCarrierOwner, EngineCarrier>(page.port, carrierScope, {});
    this.ready = new Promise((resolve) => this.channel.on('ready', () => resolve()));
    this.closed = new Promise((resolve) => { this.close = () => resolve('its page was closed'); });
  }

  async start(): Promise<EngineLink> {
    await this.whenReady();
    const address = (...path: string[]) => this.page.panel.webview.asWebviewUri(vscode.Uri.joinPath(this.extensionUri, 'dist', ...path)).toString();
    await this.channel.request('start', { script: address('webview', 'webgpu-worker.js'), runtime: address('onnxruntime', 'ort-wasm-simd-threaded.asyncify.wasm') });
    const channel = new Channel<EngineOwner, EngineHost>(this.page.port, engineScope, ownerFiles);
    let over = false;
    const forget = () => {
      over = true;
      channel.dispose();
    };
    const died = new Promise<string>((resolve) => {
      const die = (reason: string) => {
        if (over) return;
        forget();
        resolve(reason);
      };
      this.channel.on('died', ({ reason }) => die(reason));
      void this.closed.then(die);
    });
    return {
      channel, died,
      close: () => {
        if (over) return;
        forget();
        this.channel.request('end', {}).catch(() => undefined);
      },
    };
  }

  dispose(): void {
    this.close();
    this.channel.dispose();
  }

  private whenReady(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => { timer = setTimeout(() => reject(new RequestError('backend-missing', 'the page that would carry it did not open')), patience); });
    const gone = this.closed.then((why) => Promise.reject(new RequestError('backend-missing', why)));
    return Promise.race([this.ready, late, gone]).finally(() => clearTimeout(timer));
  }
}
