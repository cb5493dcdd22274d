// Every name that package.json and the code must agree on: commands, settings, language, debug type, context keys.
// Not what the commands do (commands.ts).
// Invariant: test/house/manifest.test.ts holds this file against package.json, in both directions.

/** Ids of commands; all begin with `rnn.`, and their category is `RNN`. */
export const commandIds = [
  'rnn.trainRnn',
  'rnn.pauseTraining',
  'rnn.resumeTraining',
  'rnn.stopTraining',
  'rnn.openTrainingPage',
  'rnn.openRun',
  'rnn.newModel',
  'rnn.openExample',
  'rnn.checkGradients',
  'rnn.debugRnn',
  'rnn.debugSequence',
  'rnn.openVisualDebugger',
  'rnn.openGradientInspector',
  'rnn.compareRuns',
  'rnn.copyLink',
] as const;
export type CommandId = (typeof commandIds)[number];

export const commandCategory = 'RNN';

export const languageId = 'rnn';
export const debugType = 'rnn';

/** Section of every setting. */
export const settingsSection = 'rnn';

export const backendChoices = ['auto', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** Settings below `rnn.`, with their defaults. */
export const settingDefaults = {
  backend: 'auto' as BackendChoice,
  threads: 1,
} as const;
export type SettingName = keyof typeof settingDefaults;

/** Context keys that menus ask for. */
export const contextKeys = {
  /** A run is going on or paused. */
  training: 'rnn.training',
  /** A debug session of type `rnn` is there. */
  debugging: 'rnn.debugging',
} as const;

export const extensionId = 'unroll.unroll';
