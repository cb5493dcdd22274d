// What a person has chosen here and a link carries: the layer, the loss, whose triangle it is and how it is drawn, and the small picture in front.
// Not the cursor and the comparison, which belong to the session.
// Invariant: what is left out is what the page begins with; a layer, a loss or a tab that there is not is left out.
import type { Given, InspectorChoices } from '../../protocol/page-choices';
import type { InspectorState, SmallName } from './state';

const tabs: readonly SmallName[] = ['eigenvalues', 'parameters', 'saturation', 'horizon'];
const triangles: readonly InspectorState['triangleShown'][] = ['run', 'compared', 'difference'];
const usual = 'eigenvalues';

export function choicesOf({ layer, loss, tab, triangleShown, triangleForm }: Pick<InspectorState, 'view' | 'layer' | 'loss' | 'tab' | 'triangleShown' | 'triangleForm'>): InspectorChoices {
  return { layer, ...(loss === undefined ? {} : { loss }), ...(tab === usual ? {} : { tab }), ...(triangleShown === 'run' ? {} : { triangle: triangleShown }), ...(triangleForm === 'triangle' ? {} : { form: triangleForm }) };
}

export function withChoices(state: InspectorState, { choices: { layer, loss, tab, triangle, form }, given }: Given<InspectorChoices>): InspectorState {
  const { loss: _, ...rest } = state;
  const trace = state.view?.trace;
  const has = (step: number): boolean => trace !== undefined && !Number.isNaN(trace.loss.values[step - 1] ?? NaN);
  const shown = layer !== undefined && layer < (trace?.layers.length ?? 0) ? layer : state.layer;
  const chosen = loss === null || (loss !== undefined && has(loss)) ? { loss } : {};
  // Numbers of another layer are no longer shown; those of another loss are asked for anew.
  return { ...rest, given, layer: shown, received: shown === state.layer ? state.received : {}, tab: tabs.find((name) => name === tab) ?? usual, triangleShown: triangles.find((name) => name === triangle) ?? 'run', triangleForm: form === 'bars' ? 'bars' : 'triangle', ...chosen };
}
