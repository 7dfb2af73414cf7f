import type { RequestContext } from '#core/domain/context.js';
import { Forbidden, NotFound } from '#core/domain/errors.js';
import type { ContainerQuery, StatusCondition, TextCondition, TextField } from '#core/engine/list-containers.js';
import type { MicroVersion } from '#core/http/version.js';
import { canonicalUuid, isUuidLike } from '#schemas/nova/common.js';
import { all, integer, last, type Query } from '#schemas/nova/query.js';
import { badRequest } from '../refusal.js';
import { conditionsWhere, STATUSES } from '../status-filter.js';
import { pageSize } from '../views/links.js';
import { sortOf } from './sort.js';
import { strictBoolean, timeOf } from './words.js';

/** Columns that exist in Nova's database and that nobody may filter by. */
const FORBIDDEN_FILTERS = [
  'block_device_mapping',
  'services',
  'metadata',
  'system_metadata',
  'info_cache',
  'security_groups',
  'pci_devices',
];

/** Filters of everybody; all others are an administrator's. */
const OPEN = new Set(
  (
    'name status image flavor ip ip6 reservation_id changes-since changes-before ' +
    'tags tags-any not-tags not-tags-any locked all_tenants tenant_id project_id'
  ).split(' '),
);
/** Filters of everybody from 2.83. */
const OPEN_83 = new Set(
  (
    'availability_zone config_drive key_name created_at launched_at terminated_at power_state ' +
    'task_state vm_state progress user_id'
  ).split(' '),
);

/** Text filters, and the columns that they search. */
const TEXT: readonly (readonly [string, TextField])[] = [
  ['hostname', 'hostname'],
  ['availability_zone', 'availability_zone'],
  ['created_at', 'created_at'],
  ['launched_at', 'launched_at'],
  ['terminated_at', 'deleted_at'],
  ['description', 'description'],
  ['display_description', 'description'],
  ['access_ip_v4', 'access_ip_v4'],
  ['access_ip_v6', 'access_ip_v6'],
  ['auto_disk_config', 'disk_config'],
];

/** What a list request comes down to; null: nothing can match. */
export interface ServerListQuery {
  readonly query: ContainerQuery | null;
  /** Largest number of rows in the page. */
  readonly size: number;
}

/**
 * Translates the query of a server list (nova-api.md 4.4). What the caller may not filter by is dropped, as Nova does.
 * @throws Refusal, Forbidden, NotFound('marker')
 */
export function listQuery(
  query: Query,
  context: RequestContext,
  version: MicroVersion,
  view: 'index' | 'detail',
): ServerListQuery {
  const forbidden = FORBIDDEN_FILTERS.find((f) => f in query);
  if (forbidden !== undefined) throw badRequest(`Invalid filter field: ${forbidden}.`);
  const value = (key: string): string | null => (mayUse(key, context, version) ? last(query, key) : null);
  const size = pageSize(integer(query, 'limit'));
  const states = stateConditions(query, value, context, version);
  const marker = last(query, 'marker');
  if (marker !== null && !isUuidLike(marker)) throw new NotFound('marker', marker);
  const uuid = value('uuid');
  const impossible =
    states?.length === 0 ||
    (uuid !== null && !isUuidLike(uuid)) ||
    !zeroMatches(value('progress')) ||
    ['kernel_id', 'ramdisk_id', 'root_device_name'].some((key) => (value(key) ?? '') !== '');
  if (impossible) return { query: null, size };
  const built: ContainerQuery = {
    ...scope(query, context, value, view),
    ...simpleFilters(value),
    ...(uuid !== null && { uuids: [canonicalUuid(uuid)] }),
    ...tagFilters(value),
    ...(states !== null && { statuses: states }),
    sort: sortOf(query, context),
    limit: size,
    ...(marker !== null && { marker: canonicalUuid(marker) }),
  };
  return { query: built, size };
}

const mayUse = (key: string, context: RequestContext, version: MicroVersion): boolean =>
  context.isAdmin ||
  OPEN.has(key) ||
  (version.atLeast(83) && OPEN_83.has(key)) ||
  (version.atLeast(90) && key === 'hostname');

type Scope = Pick<ContainerQuery, 'projectId' | 'deleted' | 'changedSince' | 'changedBefore'>;

function scope(
  query: Query,
  context: RequestContext,
  value: (key: string) => string | null,
  view: 'index' | 'detail',
): Scope {
  const everywhere = allTenants(query, context, view);
  const asked = context.isAdmin && everywhere ? (last(query, 'tenant_id') ?? last(query, 'project_id')) : null;
  const since = time(query, 'changes-since');
  const before = time(query, 'changes-before');
  if (since !== null && before !== null && since > before) {
    throw badRequest('The value of changes-since must be less than or equal to changes-before.');
  }
  const deleted = value('deleted');
  const onlyDeleted = deleted !== null && strictBoolean('deleted', deleted);
  const statusDeleted = all(query, 'status').some((s) => s.toUpperCase() === 'DELETED');
  const asksDeleted = since !== null || before !== null || statusDeleted;
  return {
    projectId: everywhere ? asked : context.projectId,
    // A time of change asks what has happened since, and that includes the end of a server.
    deleted: onlyDeleted ? 'only' : asksDeleted && deleted === null ? 'include' : 'exclude',
    ...(since !== null && { changedSince: since }),
    ...(before !== null && { changedBefore: before }),
  };
}

function allTenants(query: Query, context: RequestContext, view: 'index' | 'detail'): boolean {
  const text = last(query, 'all_tenants');
  const wanted = text !== null && (text === '' || strictBoolean('all_tenants', text));
  if (wanted && !context.isAdmin) throw new Forbidden(`os_compute_api:servers:${view}:get_all_tenants`);
  return wanted;
}

const time = (query: Query, key: string): Date | null => {
  const text = last(query, key);
  return text === null ? null : timeOf(key, text);
};

/** Conditions on states, task states and power states; null: none. */
function stateConditions(
  query: Query,
  value: (key: string) => string | null,
  context: RequestContext,
  version: MicroVersion,
): StatusCondition[] | null {
  const statuses = all(query, 'status').map((s) => s.toUpperCase());
  const unknown = statuses.find((s) => !STATUSES.has(s));
  if (unknown !== undefined && version.atLeast(38)) throw badRequest('Invalid status value');
  if (statuses.includes('DELETED') && !context.isAdmin) {
    throw new Forbidden('os_compute_api:servers:allow_all_filters');
  }
  const vmState = value('vm_state');
  const taskState = value('task_state');
  const power = value('power_state');
  if (statuses.length === 0 && vmState === null && taskState === null && power === null) return null;
  const powerRegex = power === null ? null : regexOf(power);
  return conditionsWhere(
    (s) =>
      (statuses.length === 0 || statuses.includes(s.status)) &&
      (vmState === null || s.vmState === vmState) &&
      (taskState === null || (s.taskState ?? '') === taskState) &&
      (powerRegex === null || powerRegex.test(String(s.powerState))),
  );
}

/** Filters that are a column each. */
function simpleFilters(value: (key: string) => string | null): Partial<ContainerQuery> {
  const name = value('name') ?? value('display_name');
  if (name === '') throw badRequest("Invalid filter: 'name' must not be empty.");
  const matching = TEXT.flatMap(([key, field]): TextCondition[] => {
    const regex = value(key);
    return regex === null ? [] : [{ field, regex }];
  });
  const configDrive = value('config_drive');
  const locked = value('locked');
  const launchIndex = value('launch_index');
  const given = <K extends keyof ContainerQuery>(key: K, v: ContainerQuery[K] | null): Partial<ContainerQuery> =>
    v === null || v === undefined ? {} : { [key]: v };
  return {
    ...given('nameRegex', name),
    ...given('imageId', value('image') ?? value('image_ref')),
    ...given('flavorId', value('flavor')),
    ...given('addressRegex', value('ip')),
    ...given('address6Regex', value('ip6')),
    ...given('reservationRegex', value('reservation_id')),
    ...given('keyName', value('key_name')),
    ...given('userId', value('user_id')),
    ...given('host', value('host') ?? value('node')),
    ...given('lockedBy', value('locked_by')),
    ...given('configDrive', configDrive === null ? null : strictBoolean('config_drive', configDrive)),
    ...given('locked', locked === null ? null : strictBoolean('locked', locked)),
    ...given('launchIndex', launchIndex === null ? null : wholeNumber('launch_index', launchIndex)),
    ...(matching.length > 0 && { matching }),
  };
}

function tagFilters(value: (key: string) => string | null): Pick<ContainerQuery, 'tags'> {
  const listOf = (key: string): string[] | undefined => value(key)?.split(',');
  const [tagsAll, any, notAll, none] = [listOf('tags'), listOf('tags-any'), listOf('not-tags'), listOf('not-tags-any')];
  if (!tagsAll && !any && !notAll && !none) return {};
  return {
    tags: {
      ...(tagsAll && { all: tagsAll }),
      ...(any && { any }),
      ...(notAll && { notAll }),
      ...(none && { none }),
    },
  };
}

/** `progress` of all servers is 0. */
const zeroMatches = (filter: string | null): boolean => filter === null || regexOf(filter).test('0');

function regexOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw badRequest('Invalid regular expression in a filter.');
  }
}

function wholeNumber(key: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`Invalid ${key} filter [${text}]`);
  return Number(text);
}
