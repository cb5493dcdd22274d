// A gradient check as text for people: what was compared, how well it agrees, and the place of the first wrong operation.
// Not the check. Invariant: a problem's line begins with `file:line:column code`, positions counted from 1.
import type { SourceText } from '../base/source-text';
import type { Span } from '../base/span';
import type { Comparison } from './compare-gradients';
import type { GradientCheckReport } from './gradient-check';

/** A source text by its file, for turning spans into lines; undefined where it is not at hand. */
export type FindSource = (file: string) => SourceText | undefined;

const digits = (x: number): string => (x === 0 ? '0' : x.toExponential(1));

function place(span: Span, sources: FindSource): string {
  const position = sources(span.file)?.positionAt(span.start);
  return position ? `${span.file}:${position.line}:${position.column}` : span.file;
}

/** The text that a span covers, on one line. */
function quoted(span: Span, sources: FindSource): string {
  const text = sources(span.file)?.text.slice(span.start, span.end).replace(/\s+/g, ' ').trim();
  return text ? ` in \`${text}\`` : '';
}

function comparisonLine({ name, checked, size, kinks, relativeError }: Comparison, tolerance: number): string {
  const verdict = relativeError > tolerance ? 'WRONG' : checked === 0 ? 'not comparable' : 'ok';
  const left = kinks > 0 ? `, ${kinks} at a kink left out` : '';
  return `  ${verdict.padEnd(5)}  ${digits(relativeError).padStart(8)}  ${name}  (${checked} of ${size} elements${left})`;
}

/** The report's lines. Problems come first; with `all` every tensor is listed, else only the wrong ones. */
export function gradientReportLines(report: GradientCheckReport, sources: FindSource, all = false): readonly string[] {
  const { model, tolerance, comparisons, wrongOperation, nonFinite } = report;
  if (nonFinite) {
    const { operation, span, scope, step } = nonFinite;
    return [`${place(span, sources)} gradient-not-finite ${operation}${quoted(span, sources)} of ${scope} is not finite at step ${step}; gradients can be compared only where values are finite.`];
  }
  const lines: string[] = [];
  if (wrongOperation) {
    const { operation, argument, span, scope, relativeError, got, want } = wrongOperation;
    lines.push(
      `${place(span, sources)} gradient-wrong The derivative of ${operation}${quoted(span, sources)} by its argument ${argument} (${scope}) is ${got}; finite differences give ${want} (relative error ${digits(relativeError)}).`,
    );
  } else if (!report.passed) {
    const first = comparisons.find(({ relativeError }) => !(relativeError <= tolerance));
    lines.push(`${report.file} gradient-wrong Every operation's own derivative is right, but ${first?.name ?? 'a gradient'} is not; the walk back through the equations or through time is at fault.`);
  }
  for (const comparison of comparisons) if (all || !(comparison.relativeError <= tolerance)) lines.push(comparisonLine(comparison, tolerance));
  const kinks = comparisons.reduce((total, comparison) => total + comparison.kinks, 0);
  const checked = comparisons.reduce((total, comparison) => total + comparison.checked, 0);
  lines.push(`${model}: ${report.passed ? 'gradients agree' : 'gradients do NOT agree'}; ${comparisons.length} tensors, ${checked} elements, largest relative error ${digits(report.relativeError)}, bound ${digits(tolerance)}${kinks > 0 ? `, ${kinks} elements at kinks left out` : ''}.`);
  return lines;
}
