// The lint rule `house/borders`: an import that border-table.mjs does not allow is an error.
// Not a resolver of packages: a specifier is relative (a room) or a package name (the table lists them).
// Invariant: static imports, re-exports, dynamic imports, `require` and `import()` types are all seen.
import { posix, relative, sep } from 'node:path';
import { builtinModules } from 'node:module';
import { allowsPackage, allowsRoom, borderOf } from './border-table.mjs';

const builtins = new Set(builtinModules);

/** @param {string} specifier */
const packageName = (specifier) => (builtins.has(specifier) ? `node:${specifier}` : specifier);

/**
 * What is wrong with this import, or undefined.
 * @param {string} from project path of the importing file, with `/` @param {string} specifier
 */
export function borderViolation(from, specifier) {
  const border = borderOf(from);
  if (border === undefined) return undefined;
  if (!specifier.startsWith('.')) {
    const name = packageName(specifier);
    return allowsPackage(border, name) ? undefined : `${border.folder} may not import the package ${name}`;
  }
  const target = posix.normalize(posix.join(posix.dirname(from), specifier)).replace(/\.(ts|js|mjs|cjs|json)$/, '');
  if (target.startsWith('..')) return `${from} reaches outside the project: ${specifier}`;
  return allowsRoom(border, target) ? undefined : `${border.folder} may not import ${target} (allowed: ${border.rooms.join(', ') || 'nothing'})`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const borderRule = {
  meta: { type: 'problem', schema: [{ type: 'object', properties: { root: { type: 'string' } } }], messages: { border: '{{reason}}. See scripts/lint/border-table.mjs.' } },
  create(context) {
    /** @type {{ root: string }} */
    const { root } = context.options[0] ?? { root: process.cwd() };
    const from = relative(root, context.filename).split(sep).join('/');
    /** @param {import('eslint').Rule.Node} node @param {unknown} source */
    const check = (node, source) => {
      if (typeof source !== 'string') return;
      const reason = borderViolation(from, source);
      if (reason !== undefined) context.report({ node, messageId: 'border', data: { reason } });
    };
    /** @param {any} node the parser's own node types are wider than ESLint's: import types are TypeScript's */
    const bySource = (node) => check(node, node.source?.value ?? node.source?.literal?.value ?? node.argument?.literal?.value);
    return {
      ImportDeclaration: bySource,
      ExportNamedDeclaration: bySource,
      ExportAllDeclaration: bySource,
      ImportExpression: bySource,
      TSImportType: bySource,
      /** @param {any} node */
      TSExternalModuleReference: (node) => check(node, node.expression?.value),
      /** @param {any} node */
      CallExpression: (node) => {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node, node.arguments[0]?.value);
      },
    };
  },
};
