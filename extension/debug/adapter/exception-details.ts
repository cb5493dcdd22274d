// What a person reads when a filter has stopped the session: what, where it began, the evidence, and what to try.
// Not the finding of it (engine/debug/health.ts).
// Invariant: says layer, step, name and, where there is one, unit.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Finding, filterSpecs } from '../../../engine/debug/health';

export function exceptionInfo(finding: Finding): DebugProtocol.ExceptionInfoResponse['body'] {
  const { filter, what, first, evidence, advice } = finding;
  const where = `It began in layer ${first.layer} at step ${first.step}, in ${first.name}${first.unit === undefined ? '' : `, unit ${first.unit}`}.`;
  return {
    exceptionId: filter,
    description: `${what}. ${where}`,
    breakMode: 'always',
    details: { typeName: filterSpecs[filter].label, message: [...evidence, ...advice].join(' '), stackTrace: [where, ...evidence, ...advice].join('\n') },
  };
}
