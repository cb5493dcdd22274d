// Creates the Langium services of the language without files and without an editor.
// Not the language server: that one adds its own services on top of the same generated modules.
// Invariant: no file system; a text comes in as a string.
import { createDefaultCoreModule, createDefaultSharedCoreModule, EmptyFileSystem, inject } from 'langium';
import type { LangiumCoreServices, LangiumParser } from 'langium';
import { RnnGeneratedModule, RnnGeneratedSharedModule } from './generated/module';

/** The core services: lexer, parser, references. */
export function createRnnServices(): LangiumCoreServices {
  const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), RnnGeneratedSharedModule);
  const services = inject(createDefaultCoreModule({ shared }), RnnGeneratedModule);
  shared.ServiceRegistry.register(services);
  return services;
}

let parser: LangiumParser | undefined;

/** The one parser of this realm; building it costs some milliseconds, and parsing leaves nothing behind in it. */
export function rnnParser(): LangiumParser {
  parser ??= createRnnServices().parser.LangiumParser;
  return parser;
}
