/** Tar archives for tests. */
import tar from 'tar-stream';

/** Files by their names, in their order; a name that ends with `/` is a folder. */
export async function tarOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  mtime = new Date('2026-03-02T08:00:00Z'),
): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) pack.entry({ name, type: 'directory', mtime });
    else pack.entry({ name, mtime }, Buffer.from(content));
  }
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pack) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}
