// Diagnostics as the command line prints them, for comparing with golden texts.
import type { Diagnostic } from '../../engine/base/diagnostic';
import type { Program } from '../../engine/language/program';
import { libraryDocument } from '../../engine/language/program';

/** `file:line:column severity code message`, with the place that it points back to and the proposed text. */
export function diagnosticText(program: Program, diagnostics: readonly Diagnostic[]): string {
  const place = ({ file, start }: Diagnostic['span']): string => {
    const document = program.documents.find((candidate) => candidate.file === file) ?? libraryDocument(file);
    const position = document?.source.positionAt(start);
    return `${file}:${position?.line}:${position?.column}`;
  };
  return diagnostics
    .map(({ code, severity, message, span, related, suggestion }) => {
      const lines = [`${place(span)} ${severity} ${code} ${message}`];
      for (const one of related ?? []) lines.push(`    ${place(one.span)} ${one.message}`);
      if (suggestion !== undefined) lines.push(`    fix: ${suggestion}`);
      return `${lines.join('\n')}\n`;
    })
    .join('');
}
