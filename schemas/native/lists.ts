import Joi from 'joi';
import { extBool } from './common.js';

/** Paging of every list (native-api.md 3.2), as the client wrote it: the checks have texts of their own. */
export interface PageQuery {
  readonly limit?: string;
  readonly marker?: string;
  readonly sort_key?: string;
  readonly sort_dir?: string;
}

const page = { limit: Joi.string().allow(''), marker: Joi.string(), sort_key: Joi.string(), sort_dir: Joi.string() };

export const CONTAINER_FILTERS = [
  'name',
  'image',
  'project_id',
  'user_id',
  'memory',
  'host',
  'task_state',
  'status',
  'auto_remove',
] as const;
export type ContainerFilter = (typeof CONTAINER_FILTERS)[number];

export interface ListContainersQuery extends PageQuery, Partial<Readonly<Record<ContainerFilter, string>>> {
  readonly all_projects?: string;
  readonly resource_url?: string;
  readonly expand?: string;
}

const filter = (): Joi.StringSchema => Joi.string().allow('');

/** A key that is given twice is a list and so of the wrong type. Unknown ones are refused where the list is made, with its own text. */
export const listContainersQuery = Joi.object<ListContainersQuery>({
  ...page,
  all_projects: filter(),
  resource_url: filter(),
  expand: filter(),
  ...Object.fromEntries(CONTAINER_FILTERS.map((f) => [f, filter()])),
}).unknown(true);

export const listHostsQuery = Joi.object<PageQuery>(page).unknown(true);

export interface ShowContainerQuery {
  readonly all_projects?: string;
}

export const showContainerQuery = Joi.object<ShowContainerQuery>({ all_projects: filter() }).unknown(true);

export interface DeleteContainerQuery {
  readonly force?: boolean;
  readonly stop?: boolean;
  readonly all_projects?: boolean;
}

export const deleteContainerQuery = Joi.object<DeleteContainerQuery>({
  force: extBool(),
  stop: extBool(),
  all_projects: extBool(),
});

export interface QuotaQuery {
  readonly usages?: boolean;
}

export const quotaQuery = Joi.object<QuotaQuery>({ usages: extBool() }).unknown(true);
