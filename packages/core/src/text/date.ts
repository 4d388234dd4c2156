/** A day of the calendar written like `2027-01-31`. */
export type CalendarDate = string;

/** The day that a text writes; undefined: it writes something else, or a day that no calendar has (`2027-02-30`). */
export function readDate(text: string): CalendarDate | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? text : undefined;
}
