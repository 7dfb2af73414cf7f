import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import { isUuid } from '#core/lib/uuid.js';
import { type ImageFilter, type ImagePage, SORT_COLUMNS } from '#core/store/image-query.js';

/** Query of `GET /v2/images`. What is not named here filters by a property of that name. */
export interface ImageListQuery {
  readonly limit?: number;
  readonly marker?: string;
  readonly sort?: string;
  readonly sort_key?: string | readonly string[];
  readonly sort_dir?: string | readonly string[];
  readonly id?: string;
  readonly name?: string;
  readonly status?: string;
  readonly visibility?: string;
  readonly owner?: string;
  readonly member_status?: string;
  readonly container_format?: string;
  readonly disk_format?: string;
  readonly os_hidden?: boolean;
  readonly protected?: boolean;
  readonly tag?: string | readonly string[];
  readonly size_min?: number;
  readonly size_max?: number;
  readonly min_ram?: number;
  readonly min_disk?: number;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
const whole = Joi.number().integer().min(0).max(Number.MAX_SAFE_INTEGER);
const flag = Joi.boolean().truthy('1').falsy('0');
const several = Joi.alternatives(Joi.string(), Joi.array().items(Joi.string()));
const direction = Joi.string().valid('asc', 'desc');
// filters that nothing can match are no mistake: the answer is an empty list
const text = Joi.string().allow('');

const KNOWN = {
  limit: whole,
  marker: Joi.string().guid(),
  sort: Joi.string(),
  sort_key: several,
  sort_dir: Joi.alternatives(direction, Joi.array().items(direction)),
  id: text,
  name: text,
  status: text,
  visibility: Joi.string().valid('public', 'private', 'shared', 'community', 'all'),
  owner: text,
  member_status: Joi.string().valid('pending', 'accepted', 'rejected', 'all'),
  container_format: text,
  disk_format: text,
  os_hidden: flag,
  protected: flag,
  tag: several,
  size_min: whole,
  size_max: whole,
  min_ram: whole,
  min_disk: whole,
};

const schema = Joi.object<ImageListQuery>(KNOWN).pattern(Joi.string(), text);

export const imageListQuery = (): Joi.ObjectSchema<ImageListQuery> => schema;

/** @throws Invalid */
export function filterOf(query: ImageListQuery): ImageFilter {
  return {
    ids: ids(query.id),
    names: inList(query.name),
    statuses: inList(query.status),
    containerFormats: inList(query.container_format),
    diskFormats: inList(query.disk_format),
    visibility: query.visibility ?? null,
    owner: query.owner ?? null,
    hidden: query.os_hidden ?? false,
    protected: query.protected ?? null,
    tags: all(query.tag),
    sizeMin: query.size_min ?? null,
    sizeMax: query.size_max ?? null,
    minRamMb: query.min_ram ?? null,
    minDiskGb: query.min_disk ?? null,
    properties: properties(query),
  };
}

/** @throws Invalid for an unknown sort key or direction */
export function pageOf(query: ImageListQuery): ImagePage {
  return {
    limit: Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT),
    marker: query.marker ?? null,
    sort: query.sort === undefined ? sortPairs(all(query.sort_key), all(query.sort_dir)) : sortList(query.sort),
  };
}

const all = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** `in:a,b` means any of them; a value with a comma is quoted. */
function inList(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!value.startsWith('in:')) return [value];
  return [...value.slice(3).matchAll(/"([^"]*)"|([^,]+)/g)].map((m) => m[1] ?? m[2] ?? '');
}

/** What is no id matches nothing, and must not be compared with ids. */
function ids(value: string | undefined): readonly string[] {
  const wanted = inList(value);
  const real = wanted.filter(isUuid);
  return wanted.length > 0 && real.length === 0 ? ['00000000-0000-0000-0000-000000000000'] : real;
}

function properties(query: ImageListQuery): Record<string, string> {
  const own = Object.entries(query).filter(([key]) => !Object.hasOwn(KNOWN, key));
  return Object.fromEntries(own.map(([key, value]) => [key, String(value)]));
}

/** `sort=name:asc,size` */
function sortList(text: string): ImagePage['sort'] {
  return text.split(',').map((part) => {
    const [key = '', dir = 'desc'] = part.split(':');
    return order(key, dir);
  });
}

/** `sort_key=a&sort_dir=asc&sort_key=b&sort_dir=desc`: one direction for all, or one each. */
function sortPairs(keys: readonly string[], directions: readonly string[]): ImagePage['sort'] {
  if (directions.length > 1 && directions.length !== keys.length) {
    throw new Invalid('Number of sort dirs does not match the number of sort keys', 'sort_dir');
  }
  if (keys.length === 0 && directions[0] !== undefined) return [order('created_at', directions[0])];
  return keys.map((key, i) => order(key, directions[i] ?? directions[0] ?? 'desc'));
}

function order(key: string, dir: string): { key: string; descending: boolean } {
  if (!Object.hasOwn(SORT_COLUMNS, key)) {
    throw new Invalid(`Invalid sort key: ${key}. It must be one of: ${Object.keys(SORT_COLUMNS).join(', ')}.`, 'sort');
  }
  if (dir !== 'asc' && dir !== 'desc') throw new Invalid(`Invalid sort direction: ${dir}`, 'sort');
  return { key, descending: dir === 'desc' };
}
