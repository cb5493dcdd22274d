// What a benchmark found, as rows for people and as JSON for programs.
// Not the measuring. Invariant: a ratio above 1 says how many times faster we are, and is left out where one side was not measured.
import type { BenchProblem } from './problems';

export interface OwnFigures {
  readonly ms: number;
  readonly sessionMs: number;
}

export interface BenchRow extends BenchProblem {
  readonly kind: 'bench';
  /** Of the whole iteration. */
  readonly nodes: number;
  /** What one more time step costs. */
  readonly nodesPerStep: number;
  readonly cpu?: OwnFigures;
  readonly wasm?: OwnFigures;
  readonly pytorch?: { readonly ms: number };
  readonly ratios: { readonly pytorchOverCpu?: number; readonly pytorchOverWasm?: number; readonly wasmOverCpu?: number };
}

export function ratiosOf({ cpu, wasm, pytorch }: Pick<BenchRow, 'cpu' | 'wasm' | 'pytorch'>): BenchRow['ratios'] {
  return {
    ...(pytorch && cpu ? { pytorchOverCpu: pytorch.ms / cpu.ms } : {}),
    ...(pytorch && wasm ? { pytorchOverWasm: pytorch.ms / wasm.ms } : {}),
    ...(wasm && cpu ? { wasmOverCpu: wasm.ms / cpu.ms } : {}),
  };
}

const columns: readonly { readonly title: string; readonly cell: (row: BenchRow) => string }[] = [
  { title: 'cell', cell: (row) => row.cell },
  { title: 'batch', cell: (row) => String(row.batch) },
  { title: 'steps', cell: (row) => String(row.steps) },
  { title: 'inputs', cell: (row) => String(row.inputs) },
  { title: 'hidden', cell: (row) => String(row.hidden) },
  { title: 'classes', cell: (row) => String(row.classes) },
  { title: 'nodes/step', cell: (row) => row.nodesPerStep.toFixed(1) },
  { title: 'cpu ms', cell: (row) => figure(row.cpu?.ms) },
  { title: 'wasm ms', cell: (row) => figure(row.wasm?.ms) },
  { title: 'PyTorch ms', cell: (row) => figure(row.pytorch?.ms) },
  { title: 'PyTorch/cpu', cell: (row) => figure(row.ratios.pytorchOverCpu) },
  { title: 'wasm/cpu', cell: (row) => figure(row.ratios.wasmOverCpu) },
  { title: 'open cpu ms', cell: (row) => figure(row.cpu?.sessionMs) },
  { title: 'open wasm ms', cell: (row) => figure(row.wasm?.sessionMs) },
];

function figure(value: number | undefined): string {
  return value === undefined ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** The table's heading and one line a row, in columns. */
export function tableLines(rows: readonly BenchRow[]): readonly string[] {
  const widths = columns.map(({ title, cell }) => Math.max(title.length, ...rows.map((row) => cell(row).length)));
  const line = (texts: readonly string[]): string => texts.map((text, index) => (index === 0 ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0))).join('  ').trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map((row) => line(columns.map(({ cell }) => cell(row))))];
}
