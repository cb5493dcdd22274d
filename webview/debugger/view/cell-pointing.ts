// Pointer and keys on the cell and on the strips of the equations, turned into what is pointed at; Enter shows a node's equation in the editor.
// Not drawing. Enter goes into the cell, arrows move from node to node, with Shift from unit to unit, Escape leaves, as on the timeline.
import type { Store } from '../../store';
import { type Direction, nextNode, nodeUnder, partOfUnit, unitOfPart } from '../cell/pointing';
import type { PlacedCell } from '../cell/placed';
import { derive, stripOrder } from '../derive';
import type { DebuggerState } from '../state';

export function listenToCell(plot: HTMLElement, placed: () => PlacedCell | undefined, store: Store<DebuggerState>, reveal: (line: number) => void): void {
  plot.addEventListener('pointermove', (event) => {
    const cell = placed();
    const box = plot.getBoundingClientRect();
    const found = cell && nodeUnder(cell, event.clientX - box.left + plot.scrollLeft, event.clientY - box.top);
    if (found) pointAt(store, found.node, found.part === undefined ? undefined : unitOfPart(found.part, orderOf(store.state, found.node)), event.clientX, event.clientY, false);
    else leave(store);
  });
  listenToLeaving(plot, store);
  plot.addEventListener('keydown', (event) => {
    const cell = placed();
    const { pointing } = store.state;
    if (!cell || event.ctrlKey || event.metaKey) return;
    const inside = pointing?.byKeys === true && pointing.node !== undefined ? pointing : undefined;
    const taken = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    const go = (node: string | undefined, unit?: number): void => {
      const place = cell.nodes.find(({ id }) => id === node);
      if (!place) return;
      // A cell wider than its place scrolls along.
      plot.scrollLeft = Math.min(place.x, Math.max(plot.scrollLeft, place.x + cell.strip + 1 - plot.clientWidth));
      const box = plot.getBoundingClientRect();
      pointAt(store, place.id, unit, box.left + place.x - plot.scrollLeft, box.top + place.y, true);
    };
    if (event.key === 'Enter') {
      taken();
      if (!inside) go(cell.nodes[0]?.id);
      else revealNode(store.state, inside.node ?? '', reveal);
    } else if (event.key === 'Escape' && inside) {
      taken();
      leave(store);
    } else if (inside?.node !== undefined && isDirection(event.key)) {
      taken();
      if (!event.shiftKey) go(nextNode(cell, inside.node, event.key)?.id ?? inside.node);
      else go(inside.node, nextUnit(orderOf(store.state, inside.node), inside.unit, event.key));
    }
  });
}

/** The strips beside the equations: `of` says which node a place of the page belongs to. */
export function listenToStrips(list: HTMLElement, store: Store<DebuggerState>): void {
  list.addEventListener('pointermove', (event) => {
    const strip = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-node]') : null;
    const node = strip?.dataset['node'];
    if (!strip || node === undefined) return leave(store);
    const box = strip.getBoundingClientRect();
    const unit = unitOfPart(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)), orderOf(store.state, node));
    pointAt(store, node, unit, event.clientX, event.clientY, false);
  });
  listenToLeaving(list, store);
}

function pointAt(store: Store<DebuggerState>, node: string, unit: number | undefined, pageX: number, pageY: number, byKeys: boolean): void {
  store.update((state) => (state.view ? { ...state, pointing: { node, ...(unit === undefined ? {} : { unit }), step: state.view.cursor.step, pageX, pageY, byKeys } } : state));
}

function listenToLeaving(element: HTMLElement, store: Store<DebuggerState>): void {
  element.addEventListener('pointerleave', () => leave(store));
  element.addEventListener('focusout', () => leave(store));
}

/** Only what these pictures pointed at. */
function leave(store: Store<DebuggerState>): void {
  if (store.state.pointing?.node !== undefined) store.update(({ pointing: _, ...state }) => state);
}

/** Shows the equation that a node stands for or in. */
function revealNode(state: DebuggerState, id: string, reveal: (line: number) => void): void {
  const derived = derive(state);
  const index = derived?.graph.nodes.find((node) => node.id === id)?.equation;
  const equation = index === undefined ? undefined : derived?.layer.equations[index];
  if (equation) reveal(equation.line);
}

function orderOf(state: DebuggerState, node: string): readonly number[] {
  const derived = derive(state);
  return derived ? stripOrder(derived, derived.at(node)?.length ?? 0) : [];
}

function nextUnit(order: readonly number[], unit: number | undefined, direction: Direction): number | undefined {
  if (unit === undefined) return order[0];
  const part = partOfUnit(unit, order);
  const by = direction === 'ArrowLeft' || direction === 'ArrowUp' ? -1 : 1;
  return part === undefined ? order[0] : unitOfPart(Math.min(1, Math.max(0, part + by / order.length)), order);
}

function isDirection(key: string): key is Direction {
  return key === 'ArrowLeft' || key === 'ArrowRight' || key === 'ArrowUp' || key === 'ArrowDown';
}
