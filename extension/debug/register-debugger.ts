// Connects the debug adapter with VS Code: a child process per session, configurations without launch.json, inline values, hovers.
// Not the adapter (adapter/), which knows no VS Code.
// Invariant: the adapter never runs in the extension host, so that a native fault ends a session and nothing else.
import * as vscode from 'vscode';
import { contextKeys, debugType, languageId } from '../contributions';
import { configurationOf } from './debug-commands';
import { InlineValues } from './inline-values';
import { tellOfLostAdapters } from './lost-adapter';
import type { ShownPass } from './shown-pass';

export function registerDebugger(context: vscode.ExtensionContext, pass: ShownPass): vscode.Disposable {
  const program = context.asAbsolutePath('dist/extension/debug-adapter-host.cjs');
  const setContext = (): void => {
    void vscode.commands.executeCommand('setContext', contextKeys.debugging, vscode.debug.activeDebugSession?.type === debugType);
  };
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterDescriptorFactory(debugType, {
      createDebugAdapterDescriptor: (session) => new vscode.DebugAdapterExecutable(process.execPath, [program], {
        // In the desktop application the executable is Electron's.
        env: { ...definedOnly(process.env), ELECTRON_RUN_AS_NODE: '1' },
        ...(session.workspaceFolder === undefined ? {} : { cwd: session.workspaceFolder.uri.fsPath }),
      }),
    }),
    vscode.debug.registerDebugConfigurationProvider(debugType, { resolveDebugConfiguration: (folder, config) => resolve(folder, config) }),
    vscode.debug.registerDebugConfigurationProvider(debugType, {
      provideDebugConfigurations: () => [
        { type: debugType, request: 'launch', name: 'Debug RNN', program: '${file}', stopOnEntry: true },
        { type: debugType, request: 'launch', name: 'Train until a breakpoint holds', program: '${file}', pass: 'train' },
      ],
    }, vscode.DebugConfigurationProviderTriggerKind.Dynamic),
    new InlineValues(),
    tellOfLostAdapters((session) => pass.lost(session)),
    vscode.languages.registerEvaluatableExpressionProvider({ language: languageId }, {
      provideEvaluatableExpression(document, position) {
        const range = document.getWordRangeAtPosition(position, /[A-Za-z_\u0370-\u03ff][\w\u0370-\u03ff]*'?/);
        return range && new vscode.EvaluatableExpression(range);
      },
    }),
    vscode.debug.onDidChangeActiveDebugSession(setContext),
    vscode.debug.onDidTerminateDebugSession(setContext),
  );
}

/** F5 on an open file needs no launch.json. Undefined leaves without a session. */
async function resolve(_folder: vscode.WorkspaceFolder | undefined, config: vscode.DebugConfiguration): Promise<vscode.DebugConfiguration | undefined> {
  if (typeof config['program'] === 'string') {
    await saveOpenModels();
    return config;
  }
  const found = await configurationOf([]);
  return found && { ...found, ...definedOnly(config as Readonly<Record<string, string>>), type: debugType, request: 'launch', name: config.name === '' || config.name === undefined ? found.name : config.name };
}

/** What is debugged is what is on the disk. */
async function saveOpenModels(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) if (document.languageId === languageId && document.isDirty && document.uri.scheme === 'file') await document.save();
}

function definedOnly(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
