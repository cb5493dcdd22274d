// Parameters, updates and saturation of a run that never happened, for looking at pages.
// Not shipped and not evidence: every number is made up from a seed.
import type { ParameterColumn, ParameterLook, ParameterQuantity, PlacedTensor, SaturationColumn, ValueSpread } from '../../../protocol/run';
import { histogramOf } from '../../../engine/training/histogram';
import { uniform } from './uniform';

const gates = ['i', 'f', 'g', 'o'];
const shapes: readonly (readonly [name: string, size: number, std: number])[] = [
  ...gates.flatMap((gate): readonly (readonly [string, number, number])[] => [[`r1.W_${gate}`, 4160, 0.12], [`r1.U_${gate}`, 4096, 0.125], [`r1.b_${gate}`, 64, 0.02]]),
  ['y.W', 4160, 0.14], ['y.b', 65, 0.03],
];

export function simulatedStatistics(at: number): { readonly parameters: readonly ParameterColumn[]; readonly saturation: readonly SaturationColumn[] } {
  const random = uniform(11);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const spread = (count: number, std: number, mean: number): ValueSpread & { readonly rms: number } => {
    // As many as show the shape; the counts are those of that many.
    const data = Float32Array.from({ length: Math.min(count, 400) }, () => mean + std * normal());
    const { exponent, counts } = histogramOf(data);
    return { exponent, counts: Uint32Array.from(counts), rms: Math.hypot(std, mean) };
  };
  const parameters: ParameterColumn[] = [];
  for (let iteration = 25; iteration <= at; iteration += 25) {
    const grown = 1 + 1.4 * (1 - Math.exp(-iteration / 900));
    const step = 0.0016 * Math.exp(-iteration / 2400) + 1e-4;
    parameters.push({
      iteration,
      tensors: shapes.map(([name, size, std], i) => {
        const values = spread(size, std * grown, name.endsWith('b_f') ? 1 + 0.2 * (grown - 1) : 0);
        const changes = spread(size, step * (0.3 + 0.06 * i) * std * 8 * Math.exp(0.12 * normal()), 0);
        return { name, rms: values.rms, change: changes.rms, values, changes };
      }),
    });
  }
  const saturation: SaturationColumn[] = [];
  for (let iteration = 50; iteration <= at; iteration += 50) {
    const late = 1 - Math.exp(-iteration / 1100);
    const noise = (): number => 0.01 * random();
    saturation.push({
      iteration,
      values: [
        { name: 'r1.i', low: 0.24 * late + noise(), high: 0.11 * late + noise() }, { name: 'r1.f', low: 0.03 * late + noise(), high: 0.02 + 0.55 * late + noise() },
        { name: 'r1.g', low: 0.16 * late + noise(), high: 0.18 * late + noise() }, { name: 'r1.o', low: 0.19 * late + noise(), high: 0.14 * late + noise() },
      ],
    });
  }
  return { parameters, saturation };
}

const placed: readonly PlacedTensor[] = [
  ...gates.flatMap((gate): readonly PlacedTensor[] => [
    { name: `r1.W_${gate}`, layer: 'r1', equation: gate, role: 'input', shape: [64, 65] }, { name: `r1.U_${gate}`, layer: 'r1', equation: gate, role: 'recurrent', shape: [64, 64] },
    { name: `r1.b_${gate}`, layer: 'r1', equation: gate, role: 'other', shape: [64] },
  ]),
  { name: 'y.W', layer: 'y', equation: '', role: 'input', shape: [65, 64] }, { name: 'y.b', layer: 'y', equation: '', role: 'other', shape: [65] },
];

export function simulatedLook(iteration: number | null): ParameterLook {
  return { id: 1, iteration: iteration ?? 4300, from: 4200, exact: true, loss: 1.7, tensors: placed };
}

export function simulatedNumbers(name: string, of: ParameterQuantity): Float32Array {
  const shape = placed.find((tensor) => tensor.name === name)?.shape ?? [];
  const random = uniform([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), of.length) | 0);
  const scale = { value: 0.2, gradient: 3e-4, update: 2e-4 }[of];
  const [rows = 1, columns = 1] = shape;
  return Float32Array.from({ length: rows * columns }, (_, i) => {
    const stripe = Math.sin((i % columns) * 0.7) * (Math.floor(i / columns) % 9 === 0 ? 2 : 0.4);
    return scale * (stripe + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())) + (of === 'value' && name.endsWith('b_f') ? 1 : 0);
  });
}
