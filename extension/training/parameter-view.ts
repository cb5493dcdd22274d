// The engine that looks at a run's parameters for its page: started when first asked, closed with the page.
// Not the engine that trains: the run goes on meanwhile, and its folder is only read.
// Invariant: one engine a page; a question that it died over is answered with an error.
import { RequestError } from '../../protocol/channel';
import type { EngineBackend } from '../../protocol/engine-host';
import type { LookProgress, ParameterLook, ParameterQuantity } from '../../protocol/run';
import type { StartEngine } from './choose-engine';
import type { EngineLink } from './engine-link';
import type { TrainingRun } from './training-run';

export class ParameterView {
  private link: EngineLink | undefined;
  /** Rises with every look and every cancelling: a look that finds another number was given up. */
  private wish = 0;

  constructor(
    private readonly run: TrainingRun,
    private readonly start: StartEngine,
  ) {}

  /** Rejects with `cancelled` when it was; `report` is told how far the replay has come. */
  async look(iteration: number | null, report: (progress: LookProgress) => void = () => undefined): Promise<ParameterLook> {
    const wish = ++this.wish;
    // What is asked for may be newer than the newest checkpoint.
    await this.run.checkpoint();
    const { wanted: _, threads, ...asked } = this.run.request;
    // A page that carries an engine has no room for another; the numbers of WebGPU are nearly the processor's.
    const backend: EngineBackend = this.run.backendInUse === 'wasm' ? 'wasm' : 'cpu';
    const ask = async (on: EngineBackend): Promise<ParameterLook> => {
      const link = await this.open(on);
      // The engine was still being started: it has nothing to cancel.
      if (wish !== this.wish) throw new RequestError('cancelled', 'The replay was cancelled.');
      const quiet = link.channel.on('lookProgress', (progress) => { if (wish === this.wish) report(progress); });
      try {
        return await Promise.race([
          link.channel.request('lookAtParameters', { ...asked, iteration, backend: on, threads: on === 'cpu' ? threads : 1 }),
          link.died.then((why) => Promise.reject(new RequestError('engine-lost', `The engine that looked at the parameters was lost: ${why}`))),
        ]);
      } finally {
        quiet();
      }
    };
    try {
      return await ask(backend);
    } catch (thrown) {
      if (backend === 'wasm' || !(thrown instanceof RequestError) || thrown.code !== 'backend-missing') throw thrown;
      this.close();
      return ask('wasm');
    }
  }

  /** Ends the replay under way in the engine; what was looked at before stays there. */
  async cancel(): Promise<void> {
    this.wish += 1;
    await this.link?.channel.request('cancelLook', {});
  }

  async numbers(id: number, name: string, of: ParameterQuantity): Promise<Float32Array> {
    if (this.link === undefined) throw new RequestError('no-numbers', 'The parameters were not looked at yet.');
    return this.link.channel.request('parameterNumbers', { id, name, of });
  }

  close(): void {
    this.link?.close();
    this.link = undefined;
  }

  private async open(backend: EngineBackend): Promise<EngineLink> {
    if (this.link !== undefined) return this.link;
    const link = await this.start(backend);
    this.link = link;
    void link.died.then(() => { if (this.link === link) this.link = undefined; });
    return link;
  }
}
