import type { z } from 'zod';

/**
 * Like zod's `safeParse`; what zod itself fails at is of another shape too: it compares the `length` of whatever has one, and an
 * object that cannot become a number makes that throw.
 */
export function parseShape<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
): { data: z.output<Shape> } | { data?: undefined; problem: string; issue?: z.core.$ZodIssue } {
  try {
    const parsed = shape.safeParse(value);
    if (parsed.success) return { data: parsed.data };
    const [issue] = parsed.error.issues;
    return {
      problem: `${issue?.path.map(String).join('.') || 'record'}: ${issue?.message}`,
      ...(issue === undefined ? {} : { issue }),
    };
  } catch {
    return { problem: 'it is of no known shape' };
  }
}
