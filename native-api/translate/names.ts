import { randomInt } from 'node:crypto';

const GREEK = [
  'alpha',
  'beta',
  'gamma',
  'delta',
  'epsilon',
  'zeta',
  'eta',
  'theta',
  'iota',
  'kappa',
  'lambda',
  'mu',
  'nu',
  'xi',
  'omicron',
  'pi',
  'rho',
  'sigma',
  'tau',
  'upsilon',
  'phi',
  'chi',
  'psi',
  'omega',
] as const;

/** Name of a container that was given none: `sigma-7-container`. Names need not be unique. */
export const generatedName = (): string =>
  `${GREEK[randomInt(GREEK.length)] ?? 'alpha'}-${randomInt(1, GREEK.length + 1)}-container`;
