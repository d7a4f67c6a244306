/** The advisories of a scan without a server: our starter set and what the user names. */
import {
  type AdvisoryLookup,
  combineAdvisories,
  memoryAdvisories,
  openAdvisoryFolder,
  starterAdvisories,
} from '../advisories/index.ts';

export interface GivenAdvisories extends AdvisoryLookup {
  /** Records that could not be used, and what is wrong with the first of them. */
  refused: { count: number; first: string };
  close(): void;
}

/**
 * The starter set, and the records at these paths. With a cache folder their readable form is kept there for the next
 * scan. Throws `AdvisoryReadError`.
 */
export async function openGivenAdvisories(paths: readonly string[], cacheDir?: string): Promise<GivenAdvisories> {
  const files: Awaited<ReturnType<typeof openAdvisoryFolder>>[] = [];
  try {
    for (const path of paths) files.push(await openAdvisoryFolder(path, cacheDir === undefined ? {} : { cacheDir }));
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
  const [first] = files.flatMap(({ facts }) => facts.refused);
  return {
    ...combineAdvisories(memoryAdvisories(starterAdvisories()), ...files),
    refused: {
      count: files.reduce((sum, { facts }) => sum + facts.refusedCount, 0),
      first: first === undefined ? '' : `${first.where}${first.id === '' ? '' : `, ${first.id}`}: ${first.reason}`,
    },
    close() {
      for (const file of files) file.close();
    },
  };
}
