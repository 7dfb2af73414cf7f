import type { Placement } from '#core/engine/engine.js';
import { isUuid } from '#core/engine/find-container.js';
import { InvalidValue } from '../errors.js';

const LABEL = 'label:';

/**
 * Scheduler hints: `label:<k>` must equal the label of the host; `same_host` and `different_host` name containers. Others are
 * left alone, as hints that no filter knows.
 * @throws InvalidValue for a hint that is known and makes no sense
 */
export function placementHints(
  hints: Readonly<Record<string, unknown>>,
): Pick<Placement, 'labels' | 'sameHost' | 'differentHost'> {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(hints)) {
    if (!key.startsWith(LABEL)) continue;
    if (typeof value !== 'string') throw new InvalidValue(`The value of the hint ${key} is not a string.`, 'hints');
    labels[key.slice(LABEL.length)] = value;
  }
  return { labels, sameHost: containers(hints, 'same_host'), differentHost: containers(hints, 'different_host') };
}

function containers(hints: Readonly<Record<string, unknown>>, key: string): string[] {
  const value = hints[key];
  if (value === undefined || value === null) return [];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.map((uuid) => {
    if (typeof uuid !== 'string' || !isUuid(uuid))
      throw new InvalidValue(`The hint ${key} is not a container uuid.`, 'hints');
    return uuid;
  });
}
