// Which room or rung may import which: the table that the lint rule `house/borders` reads.
// Not the rule itself (border-rule.mjs), and not a list of files: the longest matching folder decides.
// Invariant: what is not allowed here is forbidden. Own folder is always allowed.

/**
 * `rooms`: folders (or single files without extension) of the project. `packages`: names of packages, a trailing `*` matches any rest;
 * `node:*` is Node's own library.
 * @typedef {{ readonly folder: string, readonly rooms: readonly string[], readonly packages: readonly string[] }} Border
 */

/** The engine's ladder: a rung uses only those before it. */
export const ladder = ['base', 'language', 'ir', 'passes', 'autodiff', 'schedule', 'onnx', 'trace', 'runtime', 'training', 'inspect', 'debug'];

/** Rooms of their own that a rung reads besides: the debugger evaluates expressions with the float64 interpreter. @type {Readonly<Record<string, readonly string[]>>} */
const rungRooms = { debug: ['reference'] };

/** Packages that a rung needs; everything else comes in as an argument. @type {Readonly<Record<string, readonly string[]>>} */
const rungPackages = { inspect: ['ml-matrix'], language: ['langium', 'langium/*', 'chevrotain'], onnx: ['protobufjs', 'protobufjs/*'] };

/** Rooms beside the ladder that rungs read: the library's texts and the weights (all rungs), the data (training only). */
const beside = ['library', 'weights', 'data'];

/** Pure types and constructors that any rung may name. */
const everyRung = ['engine/runtime/tensor', 'engine/runtime/backend'];

const onnxRuntime = ['onnxruntime-node', 'onnxruntime-web', 'onnxruntime-web/*', 'onnxruntime-common'];

/** @param {readonly string[]} rungs */
const inEngine = (rungs) => [...rungs.map((rung) => `engine/${rung}`), ...everyRung];

/** @type {readonly Border[]} */
export const borders = [
  ...ladder.map((rung, place) => ({
    folder: `engine/${rung}`,
    rooms: inEngine([...beside, ...(rungRooms[rung] ?? []), ...ladder.slice(0, place)].filter((other) => other !== 'data' || rung === 'training' || rung === 'debug')),
    packages: rungPackages[rung] ?? [],
  })),
  // The library is texts and their index; the rungs read it, it reads none of them.
  { folder: 'engine/library', rooms: inEngine(['base']), packages: [] },
  { folder: 'engine/reference', rooms: inEngine(['base', 'language', 'ir', 'autodiff', 'library']), packages: [] },
  { folder: 'engine/weights', rooms: inEngine(['base', 'ir']), packages: [] },
  // The data fill a model's input and target shapes, batch by batch.
  { folder: 'engine/data', rooms: [...inEngine(['base', 'ir']), 'engine/trace/trace'], packages: [] },
  // The engine's front door, if it has one: any rung.
  { folder: 'engine', rooms: ['engine'], packages: [] },
  { folder: 'protocol', rooms: [], packages: [] },
  { folder: 'extension/debug/adapter', rooms: ['engine', 'protocol'], packages: ['node:*', '@vscode/debugprotocol'] },
  { folder: 'extension/engine-hosts', rooms: ['engine', 'protocol', 'cli/backends', 'cli/files', 'cli/debug-host', 'extension/engine-hosts/serve'], packages: ['node:*', ...onnxRuntime] },
  // What serves an engine is the same in every place: no Node, no DOM, no ONNX Runtime.
  { folder: 'extension/engine-hosts/serve', rooms: ['engine', 'protocol'], packages: [] },
  { folder: 'extension', rooms: ['engine', 'protocol', 'extension/debug/adapter', 'cli/files'], packages: ['node:*', 'vscode', 'vscode-*', 'langium', 'langium/*', '@vscode/debugprotocol'] },
  // A page is a view of state that it is sent: it never runs the engine.
  { folder: 'webview', rooms: ['protocol'], packages: ['d3-*', '@vscode/webview-ui-toolkit'] },
  { folder: 'webview/worker', rooms: ['engine', 'protocol', 'extension/engine-hosts/serve'], packages: onnxRuntime },
  { folder: 'cli', rooms: ['engine', 'protocol', 'extension/debug/adapter'], packages: ['node:*', 'langium', 'langium/*', ...onnxRuntime] },
  { folder: 'scripts', rooms: ['engine', 'protocol', 'cli', 'extension'], packages: ['*'] },
  { folder: 'test', rooms: ['engine', 'protocol', 'extension', 'webview', 'cli', 'scripts'], packages: ['*'] },
];

/** @param {string} path @param {string} folder */
const within = (path, folder) => path === folder || path.startsWith(`${folder}/`);

/** The border of a file: the longest folder that holds it. @param {string} path relative to the project, with `/` */
export function borderOf(path) {
  return borders.filter((border) => within(path, border.folder)).sort((a, b) => b.folder.length - a.folder.length)[0];
}

/**
 * Whether `from` may import `target` (both project paths without extension); a room inside an allowed room with a border of its own
 * counts as the allowed room, except the engine's rungs, which must be named.
 * @param {Border} border @param {string} target
 */
export function allowsRoom(border, target) {
  const own = borderOf(target)?.folder === border.folder;
  return own || border.rooms.some((room) => within(target, room));
}

/** @param {Border} border @param {string} name */
export function allowsPackage(border, name) {
  return border.packages.some((allowed) => (allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed));
}
