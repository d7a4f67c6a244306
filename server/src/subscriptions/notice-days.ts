/** When people are told of an end that comes or has come. Source: product rules, 6, "Reminders". */
import { marketTimeZone } from '../platform/platform.ts';

const noticeTime = Temporal.PlainTime.from('10:00');

/** 10:00 market time on each calendar day, as far as it lies in `[from, until)`. */
export function dailyNotices(from: Temporal.Instant, until: Temporal.Instant): Temporal.Instant[] {
  const lastDay = until.toZonedDateTimeISO(marketTimeZone).toPlainDate();
  const notices: Temporal.Instant[] = [];
  let day = from.toZonedDateTimeISO(marketTimeZone).toPlainDate();
  for (; Temporal.PlainDate.compare(day, lastDay) <= 0; day = day.add({ days: 1 })) {
    const at = day.toZonedDateTime({ timeZone: marketTimeZone, plainTime: noticeTime }).toInstant();
    if (Temporal.Instant.compare(at, from) >= 0 && Temporal.Instant.compare(at, until) < 0) notices.push(at);
  }
  return notices;
}
