/** The two forms of time that Nova has (nova-api.md 2.7); gophercloud parses each with a layout of its own. */

/** `2026-01-10T08:30:15Z`: created and updated of a server, and of its fault. */
export const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** `2026-01-10T08:30:15.123000`: everything else. */
export const micros = (date: Date): string => `${date.toISOString().slice(0, 23)}000`;

export const microsOrNull = (date: Date | null): string | null => (date === null ? null : micros(date));
