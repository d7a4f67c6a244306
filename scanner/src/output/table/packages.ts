import type { LocatedPackage } from '../../model.ts';
import { compareText } from '../severity.ts';
import { layOutColumns } from './columns.ts';
import type { Style } from './style.ts';

/** What is installed, for a scan that does not ask what is wrong with it. */
export function packageSection(packages: readonly LocatedPackage[], style: Style, width: number): string[] {
  if (packages.length === 0) return [style.title('Packages: none found')];
  const sorted = packages.toSorted(
    (a, b) =>
      compareText(a.kind, b.kind) ||
      compareText(a.name, b.name) ||
      compareText(a.version, b.version) ||
      compareText(a.path, b.path),
  );
  return [
    style.title(`Packages: ${packages.length}`),
    '',
    ...layOutColumns(
      [
        { title: 'KIND', maxWidth: 8 },
        { title: 'NAME', maxWidth: 48 },
        { title: 'VERSION', maxWidth: 32 },
        { title: 'WHERE', maxWidth: 72 },
      ],
      sorted.map(({ kind, name, version, path }) => [kind, name, version, path]),
      width,
    ),
  ];
}
