import { badRequest } from '../refusal.js';

const TRUE = new Set(['1', 't', 'true', 'on', 'y', 'yes']);
const FALSE = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

/** The words that oslo takes for a boolean in its strict mode; null for all others. */
export function booleanWord(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : null;
}

/** @throws Refusal for what is no boolean; `key` names the parameter */
export function strictBoolean(key: string, text: string): boolean {
  const value = booleanWord(text);
  if (value === null) {
    const [t, f] = [[...TRUE].sort(), [...FALSE].sort()].map((w) => w.map((x) => `'${x}'`).join(', '));
    throw badRequest(`Unrecognized value '${text}' for ${key}, acceptable values are: ${f}, ${t}`);
  }
  return value;
}

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * A time as clients write it: ISO 8601, of UTC unless it says otherwise. A `+` that came through a query unescaped is a blank.
 * @throws Refusal for anything else
 */
export function timeOf(key: string, text: string): Date {
  const match = TIME.exec(text.trim().replace(/ (\d{2}:?\d{2})$/, '+$1'));
  if (match !== null) {
    const [, year, month, day, hours = '00', minutes = '00', secs = '00', fraction = '0', zone = 'Z'] = match;
    const offset = /^z$/i.test(zone) ? 'Z' : zone.replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
    const millis = fraction.padEnd(3, '0').slice(0, 3);
    const date = new Date(`${year}-${month}-${day}T${hours}:${minutes}:${secs}.${millis}${offset}`);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw badRequest(`Invalid ${key} value: ${text}. It must be a time in ISO 8601 format.`);
}
