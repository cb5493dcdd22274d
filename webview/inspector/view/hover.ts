// What stands under the pointer in a picture of the inspector, as one line of text.
// Not the line's place on the page, and not the triangle, which knows its own cells.
// Invariant: every number said was received; what is not there is no text.
import { inSentence, number, percent } from '../../theme/numbers';
import { parameterLayout } from '../layout/parameters';
import { shareAt } from '../sentences';
import type { InspectorState, Pointing } from '../state';
import { horizonLeft, parametersPlot } from './small';

type Found = Pick<Pointing, 'picture' | 'step'> & { readonly row?: number };

export function hoverText({ view, received, pointing }: InspectorState): string {
  if (!view || !pointing) return '';
  const { step, row = -1 } = pointing;
  const at = `t = ${step}`;
  switch (pointing.picture) {
    case 'curves': {
      const { curves } = received;
      if (!curves) return '';
      const other = curves.compared && view.compared ? [`${view.compared.label} ${inSentence(curves.compared[step - 1] ?? NaN)}`] : [];
      return [at, ...curves.states.map(({ name, norm }) => `∂L/∂${name} ${inSentence(norm[step - 1] ?? NaN)}`), ...other].join(' · ');
    }
    case 'paths': {
      const { paths, factors } = received;
      if (paths) return [at, ...paths.paths.map(({ name, norm }) => `${name} ${percent(shareAt(paths, norm, step))}`)].join(' · ');
      const [w, s] = [factors?.weights[step - 1] ?? NaN, factors?.slopes[step - 1] ?? NaN];
      return Number.isFinite(w) ? `${at} · Wⁿ ${inSentence(w)} · ∏σ′ ${inSentence(s)}` : '';
    }
    case 'parameters': {
      const name = received.parameters?.rows[row]?.name;
      const value = received.parameters?.norm[row * view.trace.steps + step - 1];
      return name === undefined || value === undefined ? '' : `${name} · ${at} · ${inSentence(value)}`;
    }
    case 'horizon': {
      const { horizon } = received;
      const median = horizon?.run.median[step];
      if (!horizon || median === undefined) return '';
      const other = horizon.compared && view.compared ? [`${view.compared.label} ${inSentence(horizon.compared.median[step] ?? NaN)}`] : [];
      return [`${step} ${step === 1 ? 'step' : 'steps'} back`, `${inSentence(median)} (${inSentence(horizon.run.low[step] ?? NaN)} … ${inSentence(horizon.run.high[step] ?? NaN)})`, ...other].join(' · ');
    }
    case 'eigenvalues': {
      const [re, im] = [received.spectrum?.run.real[row], received.spectrum?.run.imaginary[row]];
      if (re === undefined || im === undefined) return '';
      return `λ = ${number(re)}${im === 0 ? '' : ` ${im < 0 ? '−' : '+'} ${number(Math.abs(im))} i`} · |λ| = ${number(Math.hypot(re, im))}`;
    }
    case 'saturation': {
      const gates = received.saturation?.gates ?? [];
      const units = gates[0]?.open.length ?? 0;
      const gate = units > 0 ? gates[Math.floor(row / units)] : undefined;
      const unit = row % Math.max(1, units);
      return gate === undefined ? '' : `${gate.name} · u${unit} · open ${percent(gate.open[unit] ?? NaN)} · closed ${percent(gate.closed[unit] ?? NaN)}`;
    }
    default:
      return '';
  }
}

/** What is pointed at in one of the small pictures; x and y from the plot's corner. */
export function smallUnder(picture: 'eigenvalues' | 'parameters' | 'saturation' | 'horizon', { view, received }: InspectorState, plot: HTMLElement, x: number, y: number): Found | undefined {
  const width = plot.clientWidth;
  if (picture === 'parameters') {
    const steps = view?.trace.steps ?? 0;
    if (!received.parameters) return undefined;
    const { left, room } = parametersPlot(width);
    const step = Math.floor(((x - left) / room) * steps) + 1;
    const row = parameterLayout(received.parameters).rows.findIndex((each) => y >= each.y && y < each.y + each.height);
    return row < 0 || step < 1 || step > steps ? undefined : { picture, step, row };
  }
  if (picture === 'horizon') {
    const depth = received.horizon?.run.median.length ?? 0;
    const k = Math.round(((x - horizonLeft) / (width - horizonLeft - 8)) * (depth - 1));
    return k < 0 || k >= depth ? undefined : { picture, step: k };
  }
  const dots = [...plot.querySelectorAll<SVGCircleElement>(picture === 'saturation' ? '.unit-dots circle' : '.run-points circle')];
  let [row, near] = [-1, 8];
  dots.forEach((dot, i) => {
    const away = Math.hypot(dot.cx.baseVal.value - x, dot.cy.baseVal.value - y);
    if (away < near) [row, near] = [i, away];
  });
  return row < 0 ? undefined : { picture, step: view?.cursor.step ?? 1, row };
}
