import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Layer, run } from './layer.ts';

export interface JavaRecipe {
  /** Each `group:artifact:version` with all it needs is a folder of jars. */
  artifacts: readonly string[];
  /** Those of `artifacts` whose jars are packed into a war instead, and into one jar as Spring Boot does. */
  war?: string;
  boot?: string;
}

/** A jar, or a library in one, by its coordinates. */
export interface JavaCoordinates {
  group: string;
  artifact: string;
  version: string;
}

/** The note that tells by which coordinates the jars were fetched. */
export const javaNote = 'java.json';

/** Jars that Maven fetches, as it names them; some packed into others by Java's own `jar`. */
export function java(recipe: JavaRecipe): Layer {
  const { artifacts, war, boot } = recipe;
  return {
    recipe: { java: recipe },
    tools: ['mvn', 'jar'],
    async build(root, { notes }) {
      const scratch = await mkdtemp(join(tmpdir(), 'wharfinger-bench-java-'));
      try {
        const told: JavaCoordinates[] = [];
        for (const [index, artifact] of artifacts.entries()) {
          const project = join(scratch, String(index));
          told.push(...(await fetchJars(project, artifact)));
          const jars = join(project, 'lib');
          const application = join(root, `opt/java/app-${index}`);
          await mkdir(application, { recursive: true });
          if (artifact === war) await packInto(join(application, 'app.war'), jars, 'WEB-INF/lib', scratch);
          else if (artifact === boot) await packInto(join(application, 'app.jar'), jars, 'BOOT-INF/lib', scratch);
          else for (const jar of await readdir(jars)) await copyFile(join(jars, jar), join(application, jar));
        }
        await writeFile(join(notes, javaNote), JSON.stringify(told));
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
}

async function fetchJars(project: string, artifact: string): Promise<JavaCoordinates[]> {
  const [group = '', name = '', version = ''] = artifact.split(':');
  await mkdir(project, { recursive: true });
  const element = (tag: string, text: string) => `<${tag}>${text}</${tag}>`;
  const coordinates = element('groupId', group) + element('artifactId', name) + element('version', version);
  const own = element('groupId', 'bench') + element('artifactId', 'bench') + element('version', '1');
  const model = element('modelVersion', '4.0.0') + own + element('packaging', 'pom');
  const dependencies = element('dependencies', element('dependency', coordinates));
  await writeFile(join(project, 'pom.xml'), element('project', model + dependencies));
  const goals = ['dependency:copy-dependencies', 'dependency:list'];
  const list = join(project, 'list.txt');
  const settings = ['-DincludeScope=runtime', `-DoutputDirectory=${join(project, 'lib')}`, `-DoutputFile=${list}`];
  await run('mvn', ['-q', '-B', ...goals, ...settings], { cwd: project });
  return readList(await readFile(list, 'utf8'));
}

/** Lines `group:artifact:jar[:classifier]:version:scope`. */
function readList(text: string): JavaCoordinates[] {
  return text.split('\n').flatMap((line) => {
    const parts = line.trim().split(' ', 1)[0]?.split(':') ?? [];
    const [group, artifact, type] = parts;
    const version = parts.at(-2);
    return parts.length >= 5 && type === 'jar' && group && artifact && version ? [{ group, artifact, version }] : [];
  });
}

/** Not compressed again, as Spring Boot stores its libraries. */
async function packInto(archive: string, jars: string, folder: string, scratch: string): Promise<void> {
  const packed = await mkdtemp(join(scratch, 'packed-'));
  await mkdir(join(packed, folder), { recursive: true });
  for (const jar of await readdir(jars)) await copyFile(join(jars, jar), join(packed, folder, jar));
  await run('jar', ['--create', '--no-compress', '--no-manifest', '--file', archive, '-C', packed, '.']);
}
