// The expressions' half of build-tree.ts.
// Not a check and not an evaluation.
// Invariant: never throws; an absent expression becomes a hole at the end of what stands before it.
import type { Places, Partially } from './build-tree';
import type * as ast from './generated/ast';
import type { Argument, BinaryOperator, CallExpression, Expression, Range } from './tree';

interface ExpressionBuilders {
  readonly expression: (node: Partially<ast.Expression> | undefined) => Expression;
  readonly argument: (node: Partially<ast.Argument>) => Argument;
  readonly call: (node: Partially<ast.Ref> | undefined) => CallExpression;
}

/** Nesting beyond this is cut off with a hole, so that no text can exhaust the stack of later walks. */
const deepest = 500;

export function buildExpressions(places: Places): ExpressionBuilders {
  const items = <T>(nodes: readonly T[] | undefined): readonly T[] => nodes ?? [];
  let depth = 0;

  const expression = (node: Partially<ast.Expression> | undefined): Expression => {
    if (node === undefined || depth > deepest) {
      if (node !== undefined) places.tooDeep ??= places.ofCst(node.$cstNode);
      return { kind: 'missing', span: places.ofCst(node?.$cstNode) };
    }
    depth++;
    const built = build(node as ast.Expression);
    depth--;
    return built;
  };

  const below = (node: Partially<ast.Expression> | undefined, after: Expression['span']): Expression =>
    node === undefined ? { kind: 'missing', span: { ...after, start: after.end } } : expression(node);

  const build = (node: ast.Expression): Expression => {
    const span = places.of(node);
    switch (node.$type) {
      case 'NumberLiteral':
        return { kind: 'number', value: node.value, span };
      case 'TextLiteral':
        return { kind: 'text', value: String(node.value).slice(1, -1), span };
      case 'Ref': {
        if ((node as Partially<ast.Ref>).called === true) {
          if (node.prime || items(node.members).length > 0) places.primedCalls.push(span);
          return call(node);
        }
        const target = places.reference(node.target, span);
        return { kind: 'name', name: target.text, members: items(node.members), prime: (node as Partially<ast.Ref>).prime === true, span };
      }
      case 'Unary':
        return { kind: 'unary', op: node.op, operand: below(node.operand, span), span };
      case 'Binary':
        return { kind: 'binary', op: node.op as BinaryOperator, left: below(node.left, { ...span, end: span.start }), right: below(node.right, span), span };
      case 'Slice':
        return { kind: 'slice', target: below(node.target, span), ranges: items(node.ranges).map(range), span };
      case 'AtStep':
        return { kind: 'at', target: below(node.target, span), step: String(node.step).slice(1), span };
      default:
        return { kind: 'missing', span };
    }
  };

  const range = (node: Partially<ast.Range>): Range => ({
    isRange: node.colon ?? false,
    span: places.ofCst(node.$cstNode),
    ...(node.from === undefined ? {} : { from: expression(node.from) }),
    ...(node.to === undefined ? {} : { to: expression(node.to) }),
  });

  const argument = (node: Partially<ast.Argument>): Argument => {
    const span = places.ofCst(node.$cstNode);
    const value: Expression =
      node.list === undefined
        ? below(node.value, span)
        : { kind: 'list', items: items(node.list.items).map(expression), span: places.of(node.list) };
    return { value, span, ...(node.name === undefined ? {} : { name: places.name(node.name, span) }) };
  };

  const call = (node: Partially<ast.Ref> | undefined): CallExpression => {
    const span = places.ofCst(node?.$cstNode);
    return { kind: 'call', callee: places.reference(node?.target, span), args: items(node?.args).map(argument), span };
  };

  return { expression, argument, call };
}
