import type { CatalogService } from '#core/identity/embedded/catalog.js';
import { DOMAIN, type ValidToken } from '#core/identity/embedded/embedded-identity.js';
import type { Role } from '#core/identity/embedded/roles.js';
import type { StoredProject, StoredUser } from '#core/store/identity-store.js';

/** Identity API v3 shapes. `base` is the client's view of the service, `http://host:5000`. */

const link = (base: string, path: string): { links: { self: string } } => ({ links: { self: `${base}/v3${path}` } });

/** Keystone's lists are never paged. */
export const list = (base: string, key: string, path: string, items: readonly unknown[]): Record<string, unknown> => ({
  [key]: items,
  links: { next: null, self: `${base}/v3${path}`, previous: null },
});

export const versionView = (base: string): Record<string, unknown> => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: `${base}/v3/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});

/** Keystone prints microseconds. */
const time = (date: Date): string => date.toISOString().replace('Z', '000Z');

/** `catalog` null: the client asked for none. */
export function tokenView(valid: ValidToken, catalog: readonly CatalogService[] | null): Record<string, unknown> {
  const { claims } = valid;
  const view: Record<string, unknown> = {
    methods: claims.methods,
    user: { id: valid.user.id, name: valid.user.name, domain: DOMAIN, password_expires_at: null },
    audit_ids: claims.parentAuditId === null ? [claims.auditId] : [claims.auditId, claims.parentAuditId],
    expires_at: time(claims.expiresAt),
    issued_at: time(claims.issuedAt),
  };
  if (claims.scope.kind === 'unscoped') return { token: view };
  if (valid.project !== null) {
    view['project'] = { ...valid.project, domain: DOMAIN };
    view['is_domain'] = false;
  } else {
    view['system'] = { all: true };
  }
  view['roles'] = valid.roles;
  if (catalog !== null) view['catalog'] = catalog;
  return { token: view };
}

export const projectView = (base: string, project: StoredProject): Record<string, unknown> => ({
  id: project.id,
  name: project.name,
  description: project.description,
  enabled: project.enabled,
  domain_id: DOMAIN.id,
  parent_id: DOMAIN.id,
  is_domain: false,
  tags: [],
  options: {},
  ...link(base, `/projects/${project.id}`),
});

export const userView = (base: string, user: StoredUser): Record<string, unknown> => ({
  ...user.extra,
  id: user.id,
  name: user.name,
  enabled: user.enabled,
  domain_id: DOMAIN.id,
  ...(user.defaultProjectId !== null && { default_project_id: user.defaultProjectId }),
  password_expires_at: null,
  options: {},
  ...link(base, `/users/${user.id}`),
});

export const domainView = (base: string): Record<string, unknown> => ({
  ...DOMAIN,
  description: 'The default domain',
  enabled: true,
  tags: [],
  options: {},
  ...link(base, `/domains/${DOMAIN.id}`),
});

export const roleView = (base: string, role: Role): Record<string, unknown> => ({
  id: role.id,
  name: role.name,
  domain_id: null,
  description: null,
  options: {},
  ...link(base, `/roles/${role.id}`),
});

export const serviceView = (base: string, service: CatalogService): Record<string, unknown> => ({
  id: service.id,
  type: service.type,
  name: service.name,
  description: '',
  enabled: true,
  ...link(base, `/services/${service.id}`),
});

export const endpointViews = (base: string, service: CatalogService): Record<string, unknown>[] =>
  service.endpoints.map((endpoint) => ({
    ...endpoint,
    service_id: service.id,
    enabled: true,
    ...link(base, `/endpoints/${endpoint.id}`),
  }));

export const regionView = (base: string, id: string): Record<string, unknown> => ({
  id,
  description: '',
  parent_region_id: null,
  ...link(base, `/regions/${id}`),
});
