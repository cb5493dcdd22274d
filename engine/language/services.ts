// Creates the Langium services of the language without files and without an editor.
// Not the language server: that one adds its own services on top of the same modules.
// Invariant: no file system; a text comes in as a string; the parser never exhausts the stack.
import { createDefaultCoreModule, createDefaultSharedCoreModule, createLangiumParser, EmptyFileSystem, inject } from 'langium';
import type { LangiumCoreServices, LangiumParser, Module, PartialLangiumCoreServices } from 'langium';
import { RnnGeneratedModule, RnnGeneratedSharedModule } from './generated/module';
import { tooDeepAt } from './nesting';

/** What the language changes of Langium's own services; the language server injects it too. */
export const RnnModule: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  parser: { LangiumParser: (services) => guarded(createLangiumParser(services)) },
};

/** A text that nests too deeply is read as an empty one; parse.ts says so. */
function guarded(parser: LangiumParser): LangiumParser {
  const parse = parser.parse.bind(parser);
  parser.parse = (text, options) => parse(tooDeepAt(text) === undefined ? text : '', options);
  return parser;
}

/** The core services: lexer, parser, references. */
export function createRnnServices(): LangiumCoreServices {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), RnnGeneratedSharedModule);
  const services = inject(createDefaultCoreModule({ shared }), RnnGeneratedModule, RnnModule);
  shared.ServiceRegistry.register(services);
  return services;
}

let parser: LangiumParser | undefined;

/** The one parser of this realm; building it costs some milliseconds, and parsing leaves nothing behind in it. */
export function rnnParser(): LangiumParser {
  parser ??= createRnnServices().parser.LangiumParser;
  return parser;
}

/** A parser that threw is in no state to parse again. */
export function discardParser(): void {
  parser = undefined;
}
