import type { RequestContext } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import { isUuid } from '#core/engine/find-container.js';
import type { ContainerQuery, SortKey } from '#core/engine/list-containers.js';
import { CONTAINER_FILTERS, type ListContainersQuery } from '#schemas/native/lists.js';
import { InvalidValue } from '../errors.js';
import { authorize } from '../policy.js';
import { conditionsFor } from '../status.js';
import { type Page, pageOf } from './page.js';

/** Columns of Zun that a list can be sorted by. */
const SORT_KEYS = {
  id: 'seq',
  uuid: 'uuid',
  name: 'name',
  project_id: 'project_id',
  user_id: 'user_id',
  image: 'image',
  cpu: 'cpu',
  memory: 'memory',
  disk: 'disk',
  hostname: 'hostname',
  host: 'host',
  status: 'state',
  created_at: 'created_at',
  updated_at: 'updated_at',
  started_at: 'started_at',
} as const satisfies Record<string, SortKey>;
type ZunSortKey = keyof typeof SORT_KEYS;

const isSortKey = (key: string): key is ZunSortKey => Object.hasOwn(SORT_KEYS, key);

const KNOWN: ReadonlySet<string> = new Set([
  ...CONTAINER_FILTERS,
  'limit',
  'marker',
  'sort_key',
  'sort_dir',
  'all_projects',
  'resource_url',
  'expand',
]);

const YES = ['1', 't', 'true', 'on', 'y', 'yes'];
const NO = ['0', 'f', 'false', 'off', 'n', 'no'];

/** A query of containers, or null where its conditions exclude each other. */
export interface ListRequest {
  readonly query: ContainerQuery | null;
  readonly page: Page<ZunSortKey>;
}

/**
 * What a list request asks for.
 * @throws InvalidValue, InvalidParameterValue, Forbidden, NotFound('marker')
 */
export function listRequest(query: ListContainersQuery, context: RequestContext): ListRequest {
  const unknown = Object.keys(query).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new InvalidValue(`Unknown parameters: ${unknown.join(', ')}`);
  const all = yesNo('all_projects', query.all_projects) ?? false;
  if (all) authorize(context, 'container:get_all_all_projects');
  if (query.host !== undefined) authorize(context, 'container:get_one:host');
  const page = pageOf(query, isSortKey, 'id');
  if (page.marker !== null && !isUuid(page.marker)) throw new NotFound('marker', page.marker);
  const autoRemove = yesNo('auto_remove', query.auto_remove);
  const isOtherProject = !all && query.project_id !== undefined && query.project_id !== context.projectId;
  const isNoNumber = query.memory !== undefined && !/^\d{1,9}$/.test(query.memory);
  if (isOtherProject || isNoNumber) return { query: null, page };
  return {
    page,
    query: {
      projectId: all ? (query.project_id ?? null) : context.projectId,
      deleted: 'exclude',
      sort: sortBy(SORT_KEYS[page.sortKey], page.direction),
      limit: page.limit,
      ...(page.marker !== null && { marker: page.marker }),
      ...(query.name !== undefined && { nameExact: query.name }),
      ...(query.image !== undefined && { imageRef: query.image }),
      ...(query.user_id !== undefined && { userId: query.user_id }),
      ...(query.host !== undefined && { host: query.host }),
      ...(query.memory !== undefined && { memoryMb: Number(query.memory) }),
      ...(autoRemove !== undefined && { autoRemove }),
      ...statuses(query),
    },
  };
}

/** What is equal stays in the order of creation. */
function sortBy(key: SortKey, direction: 'asc' | 'desc'): ContainerQuery['sort'] {
  return key === 'seq'
    ? [{ key, direction }]
    : [
        { key, direction },
        { key: 'seq', direction },
      ];
}

function statuses({ status, task_state }: ListContainersQuery): Pick<ContainerQuery, 'statuses'> {
  if (status === undefined && task_state === undefined) return {};
  return {
    statuses: conditionsFor({
      ...(status !== undefined && { status }),
      ...(task_state !== undefined && { task_state }),
    }),
  };
}

/**
 * `all_projects` and `auto_remove`, whose words are not those of other flags.
 * @throws InvalidValue
 */
export function yesNo(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (YES.includes(text.toLowerCase())) return true;
  if (NO.includes(text.toLowerCase())) return false;
  throw new InvalidValue(`Valid ${name} values are: ${[...YES, ...NO].join(', ')}`);
}
