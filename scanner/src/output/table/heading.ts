import type { ScanReport } from '../../model.ts';
import { fit, plainText } from '../plain-text.ts';
import { compareText } from '../severity.ts';
import { count } from './count.ts';
import type { Style } from './style.ts';

/** What was scanned. */
export function heading(report: ScanReport, now: Temporal.Instant, style: Style, width: number): string[] {
  const facts: [name: string, value: string][] = [
    ['image', report.image.id],
    ['digest', report.image.digest],
    ['system', systemOf(report)],
    ['support', supportOf(report, now)],
    ['read', readOf(report)],
    ['but', incomparableOf(report)],
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
  const own = packages.filter(({ kind }) => kind === 'deb' || kind === 'apk' || kind === 'rpm').length;
  // A database that we cannot read looks the same as none: nobody is to take that for an image without flaws.
  const caution = own === 0 ? 'none of its packages found' : 'its packages cannot be matched';
  const careful = own === 0 || operatingSystem.ecosystem === undefined;
  return [operatingSystem.name, platform, careful ? caution : ''].filter(Boolean).join(', ');
}

function supportOf({ operatingSystem }: ScanReport, now: Temporal.Instant): string {
  const day = operatingSystem?.supportEnds;
  if (day === undefined) return '';
  const isOver = Temporal.PlainDate.compare(now.toZonedDateTimeISO('UTC').toPlainDate(), day) > 0;
  return isOver ? `ended on ${day}: no security updates since` : `security updates until ${day}`;
}

/** Ranges of advisories say nothing of these versions: they would pass for clean. */
function incomparableOf({ packages }: ScanReport): string {
  const unreadable = packages.filter(({ versionUnreadable }) => versionUnreadable === true).length;
  return unreadable === 0 ? '' : `${count(unreadable, 'package')} of a version that cannot be compared with advisories`;
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
