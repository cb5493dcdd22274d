// What the adapter can do, as it tells clients first.
// Not how. Invariant: what is promised here has a request in the table (debug-adapter.ts).
import type { DebugProtocol } from '@vscode/debugprotocol';
import { filters, filterSpecs } from '../../../engine/debug/health';

export const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsDataBreakpoints: true,
  supportsExceptionFilterOptions: true,
  supportsExceptionInfoRequest: true,
  supportsEvaluateForHovers: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: ['.', '(', '@'],
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsStepBack: true,
  supportsGotoTargetsRequest: true,
  supportsRestartRequest: true,
  supportsTerminateRequest: true,
  supportsBreakpointLocationsRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsDelayedStackTraceLoading: false,
  exceptionBreakpointFilters: filters.map((filter) => {
    const { label, description, threshold } = filterSpecs[filter];
    return {
      filter, label, description, default: filter === 'non-finite',
      supportsCondition: threshold !== undefined,
      ...(threshold === undefined ? {} : { conditionDescription: `${threshold.words} (usually ${threshold.usual})` }),
    };
  }),
};
