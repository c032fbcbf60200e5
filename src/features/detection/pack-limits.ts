/** What a rule pack may cost, and the running account of one reading. */
import { isUtf8 } from 'node:buffer';
import { AppError } from '../../base/errors.ts';
import type { Refusal } from '../../lang/sigma/index.ts';

export interface PackFile {
  /** Path inside the pack, with `/`; only a label, never used to write. */
  readonly path: string;
  readonly content: string;
}

export interface Pack {
  /** Sorted by path. */
  readonly files: readonly PackFile[];
  /** YAML files that were passed over: too large, or not UTF-8. */
  readonly refused: readonly Refusal[];
  /** Entries that are not `.yml` or `.yaml`. */
  readonly ignored: number;
}

export interface PackLimits {
  /** Bytes of one YAML file; a larger one is refused, the others are read. */
  readonly fileBytes: number;
  /** YAML files. */
  readonly files: number;
  /** Entries of any kind, files to ignore included. */
  readonly entries: number;
  /** Bytes after decompression, of everything that has to be decompressed to get at the files. */
  readonly totalBytes: number;
}

export const defaultPackLimits: PackLimits = {
  fileBytes: 1_000_000,
  files: 50_000,
  entries: 200_000,
  totalBytes: 512_000_000,
};

export function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** Without the byte order mark that some editors put first. */
const decoder = new TextDecoder();

/** Collects one file's bytes within the limits. */
export interface FileChunks {
  add(chunk: Uint8Array): void;
  end(): void;
}

/** The account of one reading: what was read, and whether that is still within the limits. */
export class PackBudget {
  readonly limits: PackLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #files: PackFile[] = [];
  readonly #refused: Refusal[] = [];
  #entries = 0;
  #ignored = 0;
  #total = 0;

  constructor(limits: PackLimits, signal: AbortSignal | undefined) {
    this.limits = limits;
    this.#signal = signal;
  }

  /** Throws the signal's reason once it is aborted. */
  checkAbort(): void {
    this.#signal?.throwIfAborted();
  }

  ignore(): void {
    this.#countEntry();
    this.#ignored += 1;
  }

  /** Decompressed bytes, whether they are kept or not. */
  spend(bytes: number): void {
    this.checkAbort();
    this.#total += bytes;
    if (this.#total > this.limits.totalBytes) {
      throw new AppError(
        'E_TOO_LARGE',
        `the pack has more than ${this.limits.totalBytes} bytes when decompressed`,
      );
    }
  }

  startFile(path: string): FileChunks {
    this.#countEntry();
    if (this.#files.length + this.#refused.length >= this.limits.files) {
      throw new AppError('E_TOO_LARGE', `the pack has more than ${this.limits.files} rule files`);
    }
    let chunks: Uint8Array[] = [];
    let size = 0;
    return {
      add: (chunk) => {
        this.spend(chunk.byteLength);
        size += chunk.byteLength;
        if (size <= this.limits.fileBytes) chunks.push(chunk);
        else chunks = [];
      },
      end: () => {
        if (size > this.limits.fileBytes) {
          this.#refuse(path, `it is larger than ${this.limits.fileBytes} bytes`);
          return;
        }
        const bytes = Buffer.concat(chunks);
        if (isUtf8(bytes)) this.#files.push({ path, content: decoder.decode(bytes) });
        else this.#refuse(path, 'it is not UTF-8 text');
      },
    };
  }

  pack(): Pack {
    const files = this.#files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    return { files, refused: this.#refused, ignored: this.#ignored };
  }

  #refuse(file: string, reason: string): void {
    this.#refused.push({ file, line: 1, id: null, title: null, reason });
  }

  #countEntry(): void {
    this.checkAbort();
    this.#entries += 1;
    if (this.#entries > this.limits.entries) {
      throw new AppError('E_TOO_LARGE', `the pack has more than ${this.limits.entries} entries`);
    }
  }
}
