// What a run has measured so far, kept for pages that open in the middle of it.
// Not the run's files, which hold the same numbers. Invariant: iterations ascend; a batch that goes back replaces what it overtakes.
import type { HorizonColumn, IterationBatch, ParameterColumn, RunSample, SaturationColumn, ValidationPoint } from '../../protocol/run';

export class RunHistory {
  private readonly iteration: number[] = [];
  private readonly loss: number[] = [];
  private readonly gradNorm: number[] = [];
  private readonly clipped: number[] = [];
  validation: readonly ValidationPoint[] = [];
  samples: readonly RunSample[] = [];
  horizon: readonly HorizonColumn[] = [];
  parameters: readonly ParameterColumn[] = [];
  saturation: readonly SaturationColumn[] = [];

  get last(): { readonly iteration: number; readonly loss: number } | undefined {
    const place = this.iteration.length - 1;
    return place < 0 ? undefined : { iteration: this.iteration[place] ?? 0, loss: this.loss[place] ?? NaN };
  }

  append(batch: IterationBatch): void {
    const first = batch.iteration[0];
    if (first === undefined) return;
    if (first <= (this.last?.iteration ?? 0)) this.rewind(first - 1);
    for (let place = 0; place < batch.iteration.length; place++) {
      this.iteration.push(batch.iteration[place] ?? 0);
      this.loss.push(batch.loss[place] ?? NaN);
      this.gradNorm.push(batch.gradNorm[place] ?? NaN);
      this.clipped.push(batch.clipped[place] ?? 0);
    }
  }

  /** Forgets everything after an iteration. */
  rewind(iteration: number): void {
    let length = this.iteration.length;
    while (length > 0 && (this.iteration[length - 1] ?? 0) > iteration) length--;
    for (const list of [this.iteration, this.loss, this.gradNorm, this.clipped]) list.length = length;
    this.validation = this.validation.filter((point) => point.iteration <= iteration);
    this.samples = this.samples.filter((sample) => sample.iteration <= iteration);
    this.horizon = this.horizon.filter((column) => column.iteration <= iteration);
    this.parameters = this.parameters.filter((column) => column.iteration <= iteration);
    this.saturation = this.saturation.filter((column) => column.iteration <= iteration);
  }

  addValidation(point: ValidationPoint): void {
    this.validation = [...this.validation.filter(({ iteration }) => iteration < point.iteration), point];
  }

  addSample(sample: RunSample): void {
    this.samples = [...this.samples.filter(({ iteration }) => iteration < sample.iteration), sample];
  }

  addHorizon(column: HorizonColumn): void {
    this.horizon = [...this.horizon.filter(({ iteration }) => iteration < column.iteration), column];
  }

  addParameters(column: ParameterColumn): void {
    this.parameters = [...this.parameters.filter(({ iteration }) => iteration < column.iteration), column];
  }

  addSaturation(column: SaturationColumn): void {
    this.saturation = [...this.saturation.filter(({ iteration }) => iteration < column.iteration), column];
  }

  iterations(): IterationBatch {
    return { iteration: Int32Array.from(this.iteration), loss: Float64Array.from(this.loss), gradNorm: Float64Array.from(this.gradNorm), clipped: Uint8Array.from(this.clipped) };
  }
}
