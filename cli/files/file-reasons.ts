// Why a file or folder cannot be read or written, in words instead of the system's codes.
// Not the sentence around it, which names the file and says what to do.
// Invariant: what has no words here is told as the system tells it.
import { messageOf } from '../../engine/base/operational-error';

const words: Readonly<Record<string, string>> = {
  EACCES: 'it is not permitted',
  EPERM: 'it is not permitted',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  EEXIST: 'a file is where a folder should be',
  ENOTDIR: 'a file is where a folder should be',
  ENOENT: 'its folder is not there',
};

export function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  return words[code] ?? messageOf(thrown).trim();
}
