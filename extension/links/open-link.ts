// The extension's end of its links: VS Code hands over the URI, a debug session begins where it points.
// Not what may be opened (link-text.ts, visit-link.ts).
// Invariant: a link that is refused is answered with a sentence; one that is left unanswered opens nothing.
import * as vscode from 'vscode';
import { type CommandId, debugType } from '../contributions';
import type { ShownPass } from '../debug/shown-pass';
import { report } from '../report';
import { readLink } from './link-text';
import { visitLink, type LinkHost, type Reached } from './visit-link';

export function registerLinks(pass: ShownPass, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.window.registerUriHandler({
    handleUri: async ({ path, query }) => {
      try {
        await visitLink(readLink(path, query), hostOf(pass));
      } catch (thrown) {
        void report(thrown, 'Open a link', log);
      }
    },
  });
}

function hostOf(pass: ShownPass): LinkHost {
  return {
    trusted: () => vscode.workspace.isTrusted,
    inWorkspace: (path) => vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) !== undefined,
    agree: async (paths) => {
      const open = 'Open and Debug';
      const detail = `${paths.join('\n')}\n\nThe link came from outside. Open it only if you know these files.`;
      return (await vscode.window.showWarningMessage('Open files outside this workspace?', { modal: true, detail }, open)) === open;
    },
    kindOf: async (path) => {
      try {
        const { type } = await vscode.workspace.fs.stat(vscode.Uri.file(path));
        return (type & vscode.FileType.Directory) !== 0 ? 'folder' : (type & vscode.FileType.File) !== 0 ? 'file' : undefined;
      } catch {
        // Not there, or not to be looked at: the same to whoever follows a link.
        return undefined;
      }
    },
    start: async (launch) => {
      const file = vscode.Uri.file(launch.program);
      await vscode.window.showTextDocument(file, { viewColumn: vscode.ViewColumn.One });
      const stop = firstStop(pass);
      const begun = await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), { type: debugType, request: 'launch', name: 'Debug a link', stopOnEntry: true, ...launch });
      if (!begun) stop.dispose();
      return stop.reached;
    },
    goto: async (step, which) => {
      await pass.goto(step, which, 'link');
      // What is shown next belongs to that place.
      await pass.stands(step, which);
    },
    select: (layer, units) => pass.select({ layer, units }),
    show: async (page, choices) => {
      pass.restore(choices);
      if (page === 'inspector') await vscode.commands.executeCommand('rnn.openGradientInspector' satisfies CommandId);
    },
    compare: async (other) => {
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Recording the other pass' }, () => pass.compare(other));
    },
  };
}

/** The first stop of a session that begins from now on; undefined when it ends before, or when it is disposed. */
function firstStop(pass: ShownPass): vscode.Disposable & { readonly reached: Promise<Reached | undefined> } {
  const before = pass.launched;
  let settle: (reached: Reached | undefined) => void = () => undefined;
  const reached = new Promise<Reached | undefined>((resolve) => {
    settle = resolve;
  });
  const stood = (): void => {
    const { header, launched } = pass;
    if (header === undefined || launched === before) return;
    settle({ steps: header.trace.steps, layers: header.trace.layers.map(({ lanes }) => ({ units: lanes[0]?.units ?? 0 })) });
  };
  const told = pass.listen({
    view: stood, cursor: stood, selection: () => undefined, choices: () => undefined, breakpoints: () => undefined, stale: () => undefined,
    ended: () => {
      if (pass.launched !== before) settle(undefined);
    },
  });
  void reached.then(() => told.dispose());
  return { reached, dispose: () => settle(undefined) };
}
