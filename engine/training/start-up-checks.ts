// What is wrong with a model before it has learned anything: read off one recorded pass with fresh weights.
// Not a check of its text (../language/check.ts) or of its derivatives (../reference/gradient-check.ts), and not a judge of a run.
// Invariant: it reads the trace and nothing else; every finding is a diagnostic at a place in the person's text.
import type { Diagnostic, Severity } from '../base/diagnostic';
import type { Span } from '../base/span';
import { halvesOf } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import type { NamedValue } from '../ir/step-graph';
import type { FloatTensor } from '../runtime/tensor';
import type { Trace } from '../trace/trace';

/** Share of a gate's numbers in the outer tenth of its range from which on it is called saturated. */
const saturatedShare = 0.9;
/** A cross-entropy of fresh weights this many times that of guessing is not one of fresh weights. */
const highLoss = 1.5;
const lowLoss = 0.5;

/** Findings in the order in which they matter; empty when the model starts well. A value that is not finite ends the list: the rest follows from it. */
export function startUpChecks(model: Model, trace: Trace): readonly Diagnostic[] {
  const notFinite = firstNotFinite(model, trace);
  if (notFinite) return [notFinite];
  return [...lossFinding(model, trace), ...model.lines.flatMap((line) => (line.kind === 'step' ? [...deadParameters(line, trace), ...saturatedGates(line, trace), ...constantUnits(line, trace)] : []))];
}

const finding = (code: string, severity: Severity, message: string, span: Span): Diagnostic => ({ code, severity, message, span });

function firstNotFinite(model: Model, trace: Trace): Diagnostic | undefined {
  const places = model.lines.flatMap((line): readonly { readonly column: string; readonly span: Span }[] => {
    const named = line.kind === 'step' ? halvesOf(line).flatMap(({ prefix }) => line.step.named.map(({ name, span }) => ({ column: `${prefix}.${name}`, span }))) : [];
    return [...named, { column: line.name, span: line.span }];
  });
  for (const pass of ['value', 'grad'] as const) {
    for (const { column, span } of pass === 'value' ? places : [...places].reverse()) {
      const tensor = trace.columns.get(`${pass}/${column}`);
      const index = tensor?.data.findIndex((v) => !Number.isFinite(v)) ?? -1;
      if (!tensor || index < 0) continue;
      const what = pass === 'value' ? `\`${column}\`` : `The gradient of \`${column}\``;
      return finding('start-not-finite', 'error', `${what} is ${tensor.data[index]} with fresh weights, at ${where(tensor, index)}.`, span);
    }
  }
  return undefined;
}

/** Sequences and units count from 0, steps from 1. */
function where({ dims }: FloatTensor, index: number): string {
  const [, time, size] = dims.length >= 3 ? [dims[0], dims[1] ?? 1, dims.slice(2).reduce((product, n) => product * n, 1)] : [dims[0], 1, dims[1] ?? 1];
  const place = Math.floor(index / size);
  return `sequence ${Math.floor(place / time)}, ${dims.length >= 3 ? `t = ${(place % time) + 1}, ` : ''}unit ${index % size}`;
}

function lossFinding({ loss, target }: Model, trace: Trace): readonly Diagnostic[] {
  if (loss.kind !== 'crossEntropy' || target.kind !== 'classes' || target.count < 2) return [];
  const guessing = Math.log(target.count);
  const ratio = trace.loss / guessing;
  if (ratio <= highLoss && ratio >= lowLoss) return [];
  const reason = ratio > highLoss ? 'The scores are too large: make the initial weights smaller, or the inputs.' : 'The answer may be visible in the input.';
  return [finding('start-loss', 'warning', `With fresh weights the loss is ${trace.loss.toFixed(2)}; guessing among ${target.count} classes costs ${guessing.toFixed(2)}. ${reason}`, loss.span)];
}

/** A parameter that no number of the loss depends on. */
function deadParameters(line: StepLine, trace: Trace): readonly Diagnostic[] {
  return halvesOf(line).flatMap(({ prefix }) =>
    line.step.params.flatMap(({ name, span }) => {
      const gradient = trace.columns.get(`grad/param/${prefix}.${name}`);
      if (gradient?.data.some((v) => v !== 0) !== false) return [];
      return [finding('start-no-gradient', 'warning', `\`${prefix}.${name}\` gets no gradient: on this batch nothing of the loss depends on it.`, span)];
    }),
  );
}

function saturatedGates(line: StepLine, trace: Trace): readonly Diagnostic[] {
  return halvesOf(line).flatMap(({ prefix }) =>
    line.step.named.flatMap((named: NamedValue) => {
      const values = named.kind === 'gate' ? validRows(trace, `value/${prefix}.${named.name}`, line.perStep).flat() : [];
      if (values.length === 0) return [];
      const lowest = values.some((v) => v < 0) ? -1 : 0;
      const margin = 0.1 * (1 - lowest);
      const share = values.filter((v) => v < lowest + margin || v > 1 - margin).length / values.length;
      if (share <= saturatedShare) return [];
      return [finding('start-saturated', 'warning', `\`${prefix}.${named.name}\` is saturated from the start: ${Math.round(100 * share)} % of its numbers lie in the outer tenth of its range, where little gradient passes.`, named.span)];
    }),
  );
}

/** Units of a layer that are the same at every valid step of every sequence. */
function constantUnits(line: StepLine, trace: Trace): readonly Diagnostic[] {
  const rows = line.role === 'layer' ? validRows(trace, `value/${line.name}`, line.perStep) : [];
  const [first] = rows;
  if (!first || rows.length < 2) return [];
  const dead = first.flatMap((v, unit) => (rows.every((row) => row[unit] === v) ? [unit] : []));
  if (dead.length === 0) return [];
  const units = dead.length === first.length ? 'every unit' : dead.length === 1 ? `unit ${dead[0]}` : `${dead.length} of ${first.length} units`;
  return [finding('start-dead-unit', 'warning', `In \`${line.name}\`, ${units} gives the same number at every step of every sequence.`, line.span)];
}

/** The numbers of a column at each valid step of each sequence. */
function validRows(trace: Trace, name: string, perStep: boolean): readonly (readonly number[])[] {
  const tensor = trace.columns.get(name);
  if (!tensor) return [];
  const count = (tensor.dims[0] ?? 1) * (perStep ? (tensor.dims[1] ?? 1) : 1);
  const size = tensor.data.length / count;
  const mask = perStep ? trace.batch.mask?.data : undefined;
  return Array.from({ length: count }, (_, place) => place)
    .filter((place) => mask?.[place] !== 0)
    .map((place) => [...tensor.data.subarray(place * size, (place + 1) * size)]);
}
