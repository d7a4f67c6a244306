import type { ScanReport } from '../../model.ts';
import { fit, plainText } from '../plain-text.ts';
import { compareText } from '../severity.ts';
import { count } from './count.ts';
import type { Style } from './style.ts';

/** What was scanned. */
export function heading(report: ScanReport, style: Style, width: number): string[] {
  const facts: [name: string, value: string][] = [
    ['image', report.image.id],
    ['digest', report.image.digest],
    ['system', systemOf(report)],
    ['read', readOf(report)],
  ];
  return [
    style.title(fit(plainText(report.target), width)),
    ...facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `  ${style.faint(name.padEnd(8))}${fit(plainText(value), width - 10)}`),
  ];
}

function systemOf({ operatingSystem, image, packages }: ScanReport): string {
  const platform = image.os === '' ? '' : `${image.os}/${image.architecture}`;
  if (operatingSystem === undefined) return [platform, 'no distribution recognised'].filter(Boolean).join(', ');
  const own = packages.filter(({ kind }) => kind === 'deb' || kind === 'apk').length;
  // A database that we cannot read (rpm) looks the same as none: nobody is to take that for an image without flaws.
  const caution = own === 0 ? 'none of its packages found' : 'its packages cannot be matched';
  const careful = own === 0 || operatingSystem.ecosystem === undefined;
  return [operatingSystem.name, platform, careful ? caution : ''].filter(Boolean).join(', ');
}

function readOf({ image, packages, source, verified }: ScanReport): string {
  const kinds = [...Map.groupBy(packages, ({ kind }) => kind)].toSorted(([a], [b]) => compareText(a, b));
  const each = kinds.map(([kind, { length }]) => `${length} ${kind}`);
  const found = `${count(packages.length, 'package')}${each.length > 1 ? ` (${each.join(', ')})` : ''}`;
  if (source === 'directory') return found;
  return [
    count(image.layers.length, 'layer'),
    found,
    verified ? 'all digests checked' : 'a local archive, digests not checked',
  ].join(', ');
}
