import { Unavailable } from '#core/domain/errors.js';

/**
 * Reading of the engine's JSON, which is `unknown` until here. What the driver cannot do without is `needed`; the rest has a
 * default, because engines of other versions leave members out.
 */
export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object; anything else reads as an empty one. */
export const fields = (value: unknown): Fields => (isFields(value) ? value : {});

/** A string that says something; the empty string means "not set" all over the engine's API. */
export const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

export const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const texts = (value: unknown): string[] =>
  items(value).filter((item): item is string => typeof item === 'string');

export const textMap = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** A time; null for Go's zero time, which the engine writes for "never". */
export function time(value: unknown): Date | null {
  if (typeof value !== 'string' || value.startsWith('0001-')) return null;
  const parsed = new Date(value);
  return Number.isNaN(parsed.getTime()) ? null : parsed;
}

/** @throws Unavailable when `value` is null: this is not an engine that we understand, or not all of its answer */
export function needed<T>(value: T | null, name: string): T {
  if (value === null) throw new Unavailable('engine', `The container engine's answer has no usable ${name}.`);
  return value;
}
