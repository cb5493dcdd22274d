// What a model's data are, for hovering over its `data` line: size, vocabulary, lengths, the first sequence.
// Not a check: what cannot be opened is said as training would say it.
// Invariant: reads no file larger than a hover may wait for; never rejects.
import { dataFolder } from '../../cli/files/data-folder';
import type { DataFiles } from '../../engine/data/data-files';
import type { DataSource } from '../../engine/data/data-source';
import { openData } from '../../engine/data/open-data';
import { describeModels } from '../../engine/ir/compile-model';
import type { Program } from '../../engine/language/program';

/** Bytes: a tenth of a second's reading. */
const largest = 4 * 2 ** 20;
/** Tokens of the first sequence. */
const shown = 60;

const disk = dataFolder('/');
const smallFiles: DataFiles = { read: (name, from, limit) => disk.read(name, from, Math.min(limit, largest)) };

/** Markdown; undefined when there is nothing to say. `offset`: a place in the `data` line. */
export async function dataHover(program: Program, offset: number): Promise<string | undefined> {
  const spec = describeModels(program).find(({ data }) => data !== undefined && data.span.start <= offset && offset <= data.span.end)?.data;
  if (spec === undefined) return undefined;
  const opened = await openData(spec, smallFiles);
  if (opened.kind === 'opened') return sentences(opened.source);
  const [problem] = opened.diagnostics;
  return problem === undefined || problem.code === 'data-too-large' ? undefined : problem.message;
}

function sentences(source: DataSource): string {
  const { input, target, vocabulary, description } = source;
  const reads = input.kind === 'tokens' ? `one of ${input.vocabulary} tokens` : `${input.features} ${input.features === 1 ? 'number' : 'numbers'}`;
  const says = target.kind === 'classes' ? `one of ${target.count} classes` : `${target.size} ${target.size === 1 ? 'number' : 'numbers'}`;
  const lines = [`${description}.`, `Each step reads ${reads}; the target is ${says}${target.perStep ? ' a step' : ' a sequence'}; ${source.validationSequences} sequences to validate on.`];
  if (vocabulary !== undefined) {
    lines.push(`**Vocabulary** ${code(vocabulary.join(''))}`);
    const { x } = source.validationSequences > 0 ? source.validationSequence(0) : { x: undefined };
    if (x !== undefined) lines.push(`**Begins** ${code([...x.data].slice(0, shown).map((id) => vocabulary[id] ?? '').join(''))}`);
  }
  return lines.join('\n\n');
}

/** As code, on one line, whatever it holds. */
function code(text: string): string {
  const line = text.replace(/\n/g, '⏎').replace(/[\r\t]/g, ' ');
  const fence = '`'.repeat(1 + Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)));
  return `${fence} ${line} ${fence}`;
}
