// What stands at the ends of lines while the session stands still: the values of a cell's equations and of a model's lines, backwards their gradients.
// Not the drawing: the editor writes the texts behind the lines.
// Invariant: a text without a name is of what its line defines; where that could be several things, the text names one.
import type { Span } from '../../../engine/base/span';
import { inUnit, type Resolved } from '../../../engine/debug/names';
import { type Numbers, type Range, saturatedShare, short, statisticsOf } from '../../../engine/debug/statistics';
import type { InlineValue } from '../../../protocol/debugger';
import type { SourcePlaces } from './source-places';
import { activeRecording, scopeAt, type Standing } from './standing';

export function inlineValues(standing: Standing, places: SourcePlaces, file: string): readonly InlineValue[] {
  const { cursor } = standing;
  const { model, timeline, steps } = activeRecording(standing);
  if (cursor.level === 'sequence' && cursor.phase === 'forward') return [];
  const scope = scopeAt(standing, cursor);
  const backward = cursor.phase === 'backward' || cursor.phase === 'update';
  const at = (span: Span, text: () => string): readonly InlineValue[] => {
    if (span.file !== file) return [];
    const { endLine, endColumn } = places.position(span);
    return [{ line: endLine, column: endColumn, text: text() }];
  };
  const written = (resolved: Resolved, label: string | undefined): string => {
    const { data } = backward ? scope.gradient(resolved) : scope.value(resolved);
    return [...(backward ? [`∂${label}`] : label === undefined ? [] : [label]), briefly(data, backward ? undefined : scope.range(resolved))].join(' ');
  };
  const within = cursor.level !== 'sequence' && (cursor.phase === 'forward' || cursor.phase === 'backward');
  // Above the layers, a line of a cell may stand for several of them.
  const units = timeline.units.filter((unit) => within && unit.equations.some(({ span, kind }) => kind !== 'line' && span.file === file) && (cursor.level === 'step' || unit === timeline.unitAt(cursor.unit)));
  const equations = units.flatMap((unit) => unit.equations.flatMap(({ name, label, kind, span }) => {
    const resolved = inUnit(unit, name, kind === 'state') ?? { kind: 'line' as const, name: unit.line.name, label: unit.line.name };
    return at(span, () => written(resolved, units.length > 1 ? `${unit.name}.${label}` : backward ? label : undefined));
  }));
  // Lines after pooling are computed once, after the last step.
  const lines = model.lines.filter(({ perStep }) => (perStep ? within && cursor.t <= steps : cursor.t > steps || backward));
  return [
    ...equations,
    ...(within && model.input.kind === 'tokens' && cursor.t <= steps ? at(model.inputSpan, () => JSON.stringify(scope.special('token'))) : []),
    ...lines.flatMap((line) => at(line.span, () => written({ kind: 'line', name: line.name, label: line.name }, backward ? line.name : undefined))),
    ...at(model.loss.span, () => short(Number(scope.special('loss')))),
  ];
}

/** The most telling first, since an editor is narrow: what is not finite, then a gate's mean or the norm of anything else. */
function briefly(data: Numbers, range: Range | undefined): string {
  const { nan, infinite, mean, norm } = statisticsOf(data);
  const wrong = [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} Inf`] : [])];
  const found = data.length === 1 ? [short(data[0] ?? NaN)] : range !== undefined && range[0] === 0 ? [`mean ${short(mean)}`, `sat ${Math.round(100 * saturatedShare(data, range))} %`] : [`norm ${short(norm)}`, `mean ${short(mean)}`];
  return [...wrong, ...found].join(' ');
}
