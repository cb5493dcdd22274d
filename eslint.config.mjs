// What the lint checks: the borders between rooms, the engine's purity, and the manners that a tool can see.
// Not formatting, and not what the type checker already says.
// Invariant: an exception is written here with its reason or stands at its line with a description.
import tseslint from 'typescript-eslint';
import { fileURLToPath } from 'node:url';
import { borderRule } from './scripts/lint/border-rule.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const sources = ['{engine,protocol,extension,webview,cli,scripts,test}/**/*.{ts,mjs}', '*.mjs', '*.ts'];

/** What the engine must be given instead of reaching for it. @type {readonly (readonly [string, string])[]} */
const worldly = [
  ['Date', 'pass a clock in'], ['performance', 'pass a clock in'], ['console', 'return what is to be said'],
  ['process', 'pass the setting in'], ['globalThis', 'pass it in'], ['window', 'the engine knows no DOM'], ['self', 'the engine knows no worker'],
  ['document', 'the engine knows no DOM'], ['navigator', 'the engine knows no DOM'], ['fetch', 'pass the bytes in'], ['Buffer', 'use Uint8Array'],
  ['setTimeout', 'pass a clock in'], ['setInterval', 'pass a clock in'], ['queueMicrotask', 'await instead'], ['crypto', 'pass a seed in'], ['require', 'import it'],
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'out/', '**/generated/', '.cache/', '.unroll/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: sources,
    languageOptions: { parser: tseslint.parser },
    plugins: { '@typescript-eslint': tseslint.plugin, house: { rules: { borders: borderRule } } },
    rules: {
      'house/borders': ['error', { root }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': 'allow-with-description', 'ts-expect-error': 'allow-with-description', minimumDescriptionLength: 10 }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-namespace': 'error',
      '@typescript-eslint/no-require-imports': 'error',
      'no-restricted-syntax': ['error',
        { selector: 'TSEnumDeclaration', message: 'No enums: a union of strings.' },
        { selector: 'TSInterfaceDeclaration[id.name=/^I[A-Z][a-z]/]', message: 'No I-prefix.' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['engine/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...worldly.map(([name, message]) => ({ name, message: `The engine is a function of its arguments: ${message}.` }))],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Pass a seed in (engine/base/random.ts).' }],
    },
  },
  {
    files: ['protocol/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...worldly.map(([name]) => ({ name, message: 'The protocol is plain data.' }))] },
  },
);
