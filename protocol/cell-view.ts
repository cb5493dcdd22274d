// The equations of a cell as the page draws them: source text, place, and the expression as a tree.
// Not the engine's graph and not the parser's tree: plain data, converted by hand on the host.
// Invariant: an expression printed by its tree reads as in the source, so that its text names its value.

export type ExpressionView =
  /** `role`: what the name stands for; `next` is a state after the step (`c'`). */
  | { readonly kind: 'name'; readonly name: string; readonly role: 'input' | 'state' | 'next' | 'value' | 'param' | 'size' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'call'; readonly of: string; readonly args: readonly ExpressionView[] }
  | { readonly kind: 'binary'; readonly op: '+' | '-' | '*' | '/' | '^' | '@' | 'compare'; readonly left: ExpressionView; readonly right: ExpressionView }
  | { readonly kind: 'negate'; readonly of: ExpressionView }
  | { readonly kind: 'slice'; readonly of: ExpressionView; readonly text: string };

export interface EquationView {
  /** What it defines, without the prime. */
  readonly name: string;
  readonly kind: 'state' | 'gate' | 'let';
  /** Line in the cell's file, from 1. */
  readonly line: number;
  /** The source line without its comment. */
  readonly text: string;
  /** Parts of `text` with a colour of their own, `[start, end)`. */
  readonly tokens: readonly { readonly start: number; readonly end: number; readonly kind: 'keyword' | 'function' | 'parameter' | 'number' }[];
  readonly expression: ExpressionView;
  readonly units: number;
  /** What the backward pass computes from it, for example `∂f = ∂c' * c`. */
  readonly derivatives: readonly string[];
}
