// The library is files in the language: in step with the texts that ship, right in every cell, and documented.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check } from '../../engine/language/check';
import { libraryCell, libraryCellNames, loadProgram } from '../../engine/language/program';
import { libraryTexts } from '../../engine/library/library-texts';

const folder = new URL('../../engine/library/', import.meta.url);

describe('the library', () => {
  it('ships the texts of its files (npm run library:embed brings them in step)', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.rnn')).sort();
    expect(libraryTexts.map(({ file, text }) => [file, text])).toEqual(files.map((name) => [`library:${name}`, readFileSync(new URL(name, folder), 'utf8')]));
  });

  it('has the cells and parameters of the contract', () => {
    const params = Object.fromEntries(
      libraryCellNames.map((name) => [name, libraryCell(name)?.cell.statements.flatMap((statement) => (statement.kind === 'param' ? [statement.name.text] : [])).join(' ')]),
    );
    expect(params).toEqual({
      RNN: 'W U b',
      ReluRNN: 'W U b',
      GRU: 'W_r U_r b_r W_z U_z b_z W_n U_n b_n c_n',
      GRUBefore: 'W_r U_r b_r W_z U_z b_z W_n U_n b_n',
      LSTM: 'W_i U_i b_i W_f U_f b_f W_g U_g b_g W_o U_o b_o',
      PeepholeLSTM: 'W_i U_i P_i b_i W_f U_f P_f b_f W_g U_g b_g W_o U_o P_o b_o',
      CIFG: 'W_f U_f b_f W_g U_g b_g W_o U_o b_o',
      MGU: 'W_f U_f b_f W_h U_h b_h',
      IndRNN: 'W u b',
      SRU: 'W W_f v_f b_f',
      LayerNormLSTM: 'W_i U_i b_i W_f U_f b_f W_g U_g b_g W_o U_o b_o s_c t_c',
      Linear: 'W b',
    });
  });

  it.each(libraryTexts.map(({ file, text }) => [file, text]))('%s is right, and says what it is', (file, text) => {
    const program = loadProgram(file, text);
    expect(check(program)).toEqual([]);
    expect(program.main.cells.every((cell) => cell.doc.length > 20)).toBe(true);
  });
});
