// The rules of the house about its own text: how files open, how long they are, what they are called, what they must not say.
// Not about imports (borders.test.ts) nor about package.json (manifest.test.ts).
// Invariant: every rule runs over every file that git knows, none is listed by hand.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFiles, projectRoot, sourceFiles } from './project-files';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

/** Files past 400 lines, each with the reason why it is one idea. */
const longFiles: Readonly<Record<string, string>> = {};

describe('every source file', () => {
  it.each(sourceFiles)('%s opens with what it is', (path) => {
    const lines = read(path).replace(/^#!.*\n/, '').split('\n');
    const opening = lines.findIndex((line) => !line.startsWith('//'));
    // What stands in test/ is there for the tests: one sentence will do.
    expect(opening, 'comment lines at the top: what it is, what it is not, its invariant').toBeGreaterThanOrEqual(path.startsWith('test/') ? 1 : 2);
    expect(opening).toBeLessThanOrEqual(8);
  });

  it('holds one idea: at most 400 lines without a written reason', () => {
    const long = sourceFiles.filter((path) => read(path).split('\n').length > 401 && longFiles[path] === undefined);
    expect(long).toEqual([]);
    expect(Object.keys(longFiles).filter((path) => !sourceFiles.includes(path) || read(path).split('\n').length <= 401), 'reasons no longer needed').toEqual([]);
  });

  it('is named after its idea', () => {
    expect(sourceFiles.filter((path) => /(^|\/)(utils?|helpers?|types?|common|misc|shared)\.(ts|mjs)$/.test(path))).toEqual([]);
  });

  it('switches a lint rule off only with a reason', () => {
    const bare = sourceFiles.flatMap((path) => read(path).split('\n').filter((line) => /eslint-disable/.test(line) && !/eslint-disable.* -- \S+ \S+/.test(line)).map((line) => `${path}: ${line.trim()}`));
    expect(bare.filter((line) => !line.startsWith('test/house/'))).toEqual([]);
  });

  it('leaves no TODO without a sentence', () => {
    const bare = sourceFiles.flatMap((path) => read(path).split('\n').filter((line) => /\b(TODO|FIXME|XXX)\b(?!.{20,})/.test(line)).map((line) => `${path}: ${line.trim()}`));
    expect(bare.filter((line) => !line.startsWith('test/house/'))).toEqual([]);
  });
});

describe('every test', () => {
  const tests = projectFiles.filter((path) => /^test\/.*\.test\.ts$/.test(path));

  it.each(tests)('%s asserts something', (path) => {
    expect(read(path)).toMatch(/\bexpect\w*[.(]|\bassert\w*[.(]|\bcheck[A-Z(]/);
  });

  it('keeps its tolerances in test/tolerances.ts', () => {
    const loose = sourceFiles.filter((path) => path.startsWith('test/') && path !== 'test/tolerances.ts' && !path.startsWith('test/house/'))
      .flatMap((path) => read(path).split('\n').filter((line) => /toBeCloseTo\((?!.*tolerances\.)|toBeLessThan(OrEqual)?\(\s*\d*\.?\d*e-\d+/.test(line) || /tolerance\s*[:=]\s*\d/i.test(line)).map((line) => `${path}: ${line.trim()}`));
    expect(loose).toEqual([]);
  });

  it('is never focused', () => {
    expect(tests.filter((path) => /\b(it|test|describe)\.only\b/.test(read(path)) && !path.startsWith('test/house/'))).toEqual([]);
  });
});

describe('the engine', () => {
  it('names no cell and no gate in code', () => {
    const names = /\b(lstm|gru|cifg|mgu|indrnn|(forget|input|output|reset|update)Gate)\b|(?<![a-zA-Z])(Lstm|Gru|LSTM|GRU)/;
    // Comments and the texts of the library may; the code that a person runs may not.
    const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
    const found = sourceFiles.filter((path) => path.startsWith('engine/') && !path.startsWith('engine/library/'))
      .flatMap((path) => code(read(path)).split('\n').filter((line) => names.test(line)).map((line) => `${path}: ${line.trim()}`));
    expect(found).toEqual([]);
  });
});

describe('every text', () => {
  const texts = projectFiles.filter((path) => /\.(ts|mjs|json|md|rnn|sh|css|py|yml|yaml)$|^\.ci\/run$/.test(path) && path !== 'package-lock.json');

  it('names no absolute path of a machine', () => {
    const found = texts.flatMap((path) => read(path).split('\n').filter((line) => /(^|[\s"'`(=])\/(work|root|home|Users)\/[\w.]/.test(line)).map((line) => `${path}: ${line.trim()}`));
    expect(found.filter((line) => !line.startsWith('test/house/'))).toEqual([]);
  });

  const links = projectFiles.filter((path) => path.endsWith('.md')).flatMap((path) =>
    [...read(path).replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({ path, link: match[1] ?? '' }))
      .filter(({ link }) => !/^[a-z]+:/.test(link)));

  it('has no dead link', () => {
    const dead = links.filter(({ path, link }) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      if (!existsSync(join(projectRoot, target))) return true;
      if (anchor === undefined || !target.endsWith('.md')) return false;
      const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map((match) => (match[1] ?? '').toLowerCase().replace(/[^\w\- ]/g, '').replace(/ /g, '-'));
      return !headings.includes(anchor);
    });
    expect(dead.map(({ path, link }) => `${path}: ${link}`)).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
  });
});

describe('the lockfile', () => {
  it('records no download address', () => {
    expect(read('package-lock.json')).not.toContain('"resolved": "http');
  });

  it('has an entry for every package that another one names, for every platform', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>>; readonly optionalDependencies?: Readonly<Record<string, string>> }>> };
    const entries = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    // Without them `npm ci` refuses the file on a fresh machine, while an installed one never notices.
    const missing = Object.entries(packages).flatMap(([path, { dependencies = {}, optionalDependencies = {} }]) =>
      [...Object.keys(dependencies), ...Object.keys(optionalDependencies)].filter((name) => !entries.has(name)).map((name) => `${path}: ${name}`));
    expect(missing).toEqual([]);
  });

  it('pins every dependency exactly', () => {
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string> | undefined>;
    const loose = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((group) =>
      Object.entries(manifest[group] ?? {}).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)).map(([name]) => name));
    expect(loose).toEqual([]);
  });
});
