import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import yauzl from 'yauzl';
import { z } from 'zod';
import { type JavaCoordinates, javaNote } from '../images/java.ts';

const notes = z.array(z.object({ group: z.string(), artifact: z.string(), version: z.string() }));

/** Published libraries of which nothing but their own name and manifest tells, and in which other they stand. */
const packedWithoutNote: readonly (JavaCoordinates & { into: string })[] = [
  { into: 'flink-rpc-akka-loader', group: 'org.apache.flink', artifact: 'flink-rpc-akka', version: '1.15.2' },
];

/**
 * The libraries in an image's jars: by what coordinates Maven fetched them, and what Maven's own files in them name
 * (what was packed into another). Undefined where the image has none.
 */
export async function listJars(root: string, imageNotes: string): Promise<JavaCoordinates[] | undefined> {
  const note = await readFile(join(imageNotes, javaNote), 'utf8').catch(() => undefined);
  if (note === undefined) return undefined;
  const told: JavaCoordinates[] = notes.parse(JSON.parse(note));
  const folder = join(root, 'opt/java');
  for (const file of await readdir(folder, { recursive: true })) {
    if (isArchive(file)) told.push(...(await insideOf(await readFile(join(folder, file)))));
  }
  const artifacts = new Set(told.map(({ artifact }) => artifact));
  return [...told, ...packedWithoutNote.filter(({ into }) => artifacts.has(into))];
}

function isArchive(name: string): boolean {
  return name.endsWith('.jar') || name.endsWith('.war');
}

async function insideOf(archive: Buffer): Promise<JavaCoordinates[]> {
  const told: JavaCoordinates[] = [];
  const zip = await yauzl.fromBufferPromise(archive);
  for await (const entry of zip.eachEntry()) {
    const isProperties = entry.fileName.endsWith('/pom.properties');
    if (entry.uncompressedSize === 0 || (!isProperties && !isArchive(entry.fileName))) continue;
    const content = await buffer(await zip.openReadStreamPromise(entry));
    if (!isProperties) told.push(...(await insideOf(content)));
    else {
      const value = (key: string) => new RegExp(`^${key}\\s*=\\s*(.+?)\\s*$`, 'm').exec(content.toString())?.[1];
      const [group, artifact, version] = [value('groupId'), value('artifactId'), value('version')];
      if (group && artifact && version) told.push({ group, artifact, version });
    }
  }
  return told;
}
