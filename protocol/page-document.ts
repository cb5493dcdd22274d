// The document a page begins with: the first thing that crosses from host to page.
// Not the page's content, which its script draws, and not the paths, which only the host knows.
// Invariant: nothing runs but the one script with this nonce; no text of a person's file is put into the document.

export interface PageDocument {
  readonly title: string;
  /** Address of the page's bundled script, for example `dist/webview/training.js` through `asWebviewUri`. */
  readonly script: string;
  readonly style: string;
  /** `webview.cspSource`. */
  readonly source: string;
  /** Fresh random letters and digits for every document. */
  readonly nonce: string;
  /** The page carries an engine: WebAssembly, workers from blobs and fetching of our own files are allowed. */
  readonly engine?: boolean;
}

/** The whole HTML text, with a strict content security policy. The controls find the nonce for their one probing style sheet in `csp-nonce`. */
export function pageDocument(page: PageDocument): string {
  const scripts = `script-src 'nonce-${page.nonce}'${page.engine ? " 'wasm-unsafe-eval'" : ''}`;
  const engine = page.engine ? `connect-src ${page.source}; worker-src blob:; ` : '';
  const policy = `default-src 'none'; ${scripts}; ${engine}style-src ${page.source} 'nonce-${page.nonce}'; font-src ${page.source}; img-src ${page.source} blob: data:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta property="csp-nonce" content="${escapeAttribute(page.nonce)}">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<link rel="stylesheet" href="${escapeAttribute(page.style)}">
<title>${escapeAttribute(page.title)}</title>
</head>
<body>
<div id="page"></div>
<script nonce="${escapeAttribute(page.nonce)}" src="${escapeAttribute(page.script)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
