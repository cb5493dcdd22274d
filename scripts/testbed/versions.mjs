// The versions of the VS Code that the tests run, and where it is kept between runs.
// Not a dependency of the product: none of this is in package.json, nor in a .vsix.
// Invariant: the cache is outside the checkout, one folder per version, so that two checkouts share it.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** VS Code 1.139.1 as a server, and the Node that it needs. */
export const codeServerVersion = '4.139.1';
export const nodeVersion = '24.21.0';

export const cacheFolder = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'unroll');
export const codeServerFolder = join(cacheFolder, `code-server-${codeServerVersion}`);
