import { join } from 'node:path';
import { writeWhole } from '#core/lib/write-whole.js';
import type { Secrets } from './secrets.js';

export interface OpenrcOptions {
  readonly dataDir: string;
  /** Where clients reach the identity service: `http://127.0.0.1:5000/v3`. */
  readonly authUrl: string;
  readonly region: string;
  readonly secrets: Secrets;
}

interface Login {
  readonly file: string;
  readonly user: string;
  readonly project: string;
  readonly password: keyof Secrets;
}

const LOGINS: readonly Login[] = [
  { file: 'openrc', user: 'admin', project: 'demo', password: 'adminPassword' },
  { file: 'openrc-demo', user: 'demo', project: 'demo', password: 'demoPassword' },
  { file: 'openrc-alt', user: 'alt', project: 'alt', password: 'altPassword' },
  { file: 'openrc-reader', user: 'reader', project: 'demo', password: 'readerPassword' },
];

/**
 * Writes a file to source for each user of the stand-alone identity, readable only by their owner. @returns the path of the
 * administrator's
 */
export function writeOpenrc(options: OpenrcOptions): string {
  for (const login of LOGINS) writeWhole(join(options.dataDir, login.file), openrc(login, options), 0o600);
  return join(options.dataDir, 'openrc');
}

function openrc(login: Login, options: OpenrcOptions): string {
  const variables = {
    OS_AUTH_TYPE: 'password',
    OS_AUTH_URL: options.authUrl,
    OS_IDENTITY_API_VERSION: '3',
    OS_USERNAME: login.user,
    OS_PASSWORD: options.secrets[login.password],
    OS_PROJECT_NAME: login.project,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_REGION_NAME: options.region,
  };
  return [
    `# ${login.user} in project ${login.project}. Source it: . ${join(options.dataDir, login.file)}`,
    '# What an earlier login left behind would win over these.',
    'for variable in $(env | sed -n \'s/^\\(OS_[A-Z0-9_]*\\)=.*/\\1/p\'); do unset "$variable"; done; unset variable',
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`),
    '',
  ].join('\n');
}

const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;
