// The licences of what ships inside the bundles and beside them, as one text.
// Not a lawyer: it collects each package's own licence file and checks its name against the licences we accept.
// Invariant: a package that is bundled under a licence not listed here makes the packaging fail.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const accepted = /^\(?(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0)( (OR|AND) [\w.-]+)*\)?$/;

/** @param {string} root @param {readonly string[]} beside packages that ship as files, not in a bundle */
export function thirdPartyNotices(root, beside) {
  /** @type {Record<string, string[]>} */
  const bundles = JSON.parse(readFileSync(join(root, 'out/bundles.json'), 'utf8'));
  const inputs = Object.entries(bundles).filter(([bundle]) => !bundle.startsWith('dist/cli/')).flatMap(([, paths]) => paths);
  const bundled = inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)).flatMap((match) => (match === null ? [] : [match[0]]));
  const folders = [...new Set([...bundled, ...beside.map((name) => `node_modules/${name}/`)])].sort();
  const notices = folders.map((folder) => {
    /** @type {{ name: string, version: string, license?: string }} */
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    if (license === undefined || !accepted.test(license)) throw new Error(`${name} ${version} would ship under the licence ${license ?? '(none)'}`);
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file !== undefined && existsSync(join(root, folder, file)) ? readFileSync(join(root, folder, file), 'utf8').trim() : `Licence: ${license}.`;
    return `${name} ${version} (${license})\n\n${text}`;
  });
  return `Unroll contains these packages.\n\n${notices.join(`\n\n${'-'.repeat(78)}\n\n`)}\n`;
}
