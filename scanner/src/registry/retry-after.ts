/** `Retry-After`: seconds, or an HTTP date. Milliseconds from `now`; undefined when it says nothing that can be read. */
export function parseRetryAfter(header: string | undefined, now: Temporal.Instant): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Za-z]{3}, (\d\d) ([A-Za-z]{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(text);
  const month = months.indexOf(date?.[2]?.toLowerCase() ?? '') + 1;
  if (!date || month === 0) return undefined;
  try {
    const instant = Temporal.Instant.from(`${date[3]}-${String(month).padStart(2, '0')}-${date[1]}T${date[4]}Z`);
    return Math.max(0, instant.epochMilliseconds - now.epochMilliseconds);
  } catch {
    return undefined;
  }
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
