// What a .vsix holds, and what must never be in one.
// Not the packing (package.mjs).
// Invariant: a folder that is not named here does not ship.

/** Folders and which names of them. @type {readonly (readonly [string, RegExp])[]} */
export const shipped = [
  ['dist/extension', /\.cjs$/], ['dist/webview', /\.(js|css|ttf|svg)$/], ['dist/onnxruntime', /\.(wasm|mjs)$/],
  ['engine/library', /\.rnn$/], ['media', /\.(json|png)$|-(light|dark)\.svg$/], ['examples', /\.(rnn|md|txt|tsv|csv|conll|json)$/],
];
export const texts = ['README.md', 'CHANGELOG.md', 'LICENSE'];

const required = [
  'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'ThirdPartyNotices.txt', 'dist/extension/extension.cjs', 'dist/webview/training.js',
  'media/syntaxes/rnn.tmLanguage.json', 'media/language-configuration.json', 'media/snippets/rnn.json', 'examples/moby-dick.rnn', 'examples/moby-dick.txt', 'engine/library/lstm.rnn',
  'dist/onnxruntime/ort-wasm-simd-threaded.wasm', 'dist/onnxruntime/ort-wasm-simd-threaded.asyncify.wasm',
];

/**
 * What is wrong with the files of an archive.
 * @param {readonly string[]} paths with `/` @param {boolean} withCpu whether it carries a native binding
 * @param {readonly string[]} bundles what the build wrote; all of it ships but the command line
 * @returns {string[]}
 */
export function problems(paths, withCpu, bundles = []) {
  const missing = [...new Set([...required, ...bundles.filter((bundle) => !bundle.startsWith('dist/cli/'))])].filter((path) => !paths.includes(path)).map((path) => `${path} is missing`);
  const stray = paths.filter((path) => /\.(ts|map|tsbuildinfo|safetensors)$|^(test|scripts|out|cli|node_modules|\.)/.test(path) || path.includes('.unroll/')).map((path) => `${path} must not ship`);
  const bindings = paths.filter((path) => path.endsWith('.node'));
  const wanted = withCpu ? 1 : 0;
  return [...missing, ...stray, ...(bindings.length === wanted ? [] : [`${bindings.length} native bindings instead of ${wanted}: ${bindings.join(', ')}`])];
}
