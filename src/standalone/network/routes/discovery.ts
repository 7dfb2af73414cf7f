import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { NeutronRefusal } from '../errors.js';

const CORE = ['network', 'subnet', 'port'] as const;

interface Extension {
  readonly alias: string;
  readonly name: string;
  readonly description: string;
  readonly updated: string;
}

/** What is really there. A client that finds an alias here uses what it stands for. */
const EXTENSIONS: readonly Extension[] = [
  {
    alias: 'security-group',
    name: 'security-group',
    description: 'The security groups extension.',
    updated: '2012-10-05T10:00:00-00:00',
  },
  {
    alias: 'binding',
    name: 'Port Binding',
    description: 'Expose port bindings of a virtual port to external application',
    updated: '2014-02-03T10:00:00-00:00',
  },
  {
    alias: 'quotas',
    name: 'Quota management support',
    description: 'Expose functions for quotas management per project',
    updated: '2012-07-29T10:00:00-00:00',
  },
  {
    alias: 'net-mtu',
    name: 'Network MTU',
    description: 'Provides MTU attribute for a network resource.',
    updated: '2015-03-25T10:00:00-00:00',
  },
  {
    alias: 'project-id',
    name: 'project_id field enabled',
    description: 'Extension that indicates that project_id field is enabled.',
    updated: '2016-09-09T09:09:09-09:09',
  },
  {
    alias: 'standard-attr-description',
    name: 'standard-attr-description',
    description: 'Extension to add descriptions to standard attributes',
    updated: '2016-02-10T10:00:00-00:00',
  },
  {
    alias: 'standard-attr-timestamp',
    name: 'Resource timestamps',
    description:
      'Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes.',
    updated: '2016-09-12T10:00:00-00:00',
  },
  {
    alias: 'standard-attr-revisions',
    name: 'Resource revision numbers',
    description: 'This extension will display the revision number of neutron resources.',
    updated: '2016-04-11T10:00:00-00:00',
  },
  {
    alias: 'pagination',
    name: 'Pagination support',
    description: 'Extension that indicates that pagination is enabled.',
    updated: '2016-06-12T00:00:00-00:00',
  },
  {
    alias: 'sorting',
    name: 'Sorting support',
    description: 'Extension that indicates that sorting is enabled.',
    updated: '2016-06-12T00:00:00-00:00',
  },
  {
    alias: 'filter-validation',
    name: 'Filter parameters validation',
    description: 'Provides validation on filter parameters.',
    updated: '2018-03-21T10:00:00-00:00',
  },
];

const extensionView = (e: Extension): object => ({ ...e, links: [] });

/** Versions, the layout of v2.0, and the extensions. The first two need no token: clients look before they log in. */
export function discoveryRoutes(): AnyRoute[] {
  return [
    route({ name: 'get_versions', method: 'GET', path: '/', public: true, handler: versions }),
    route({ name: 'get_v2', method: 'GET', path: '/v2.0', public: true, handler: layout }),
    route({
      name: 'get_extensions',
      method: 'GET',
      path: '/v2.0/extensions',
      handler: () => ({ status: 200, body: { extensions: EXTENSIONS.map(extensionView) } }),
    }),
    route({ name: 'get_extension', method: 'GET', path: '/v2.0/extensions/:alias', handler: extension }),
  ];
}

function versions({ baseUrl }: Call<undefined, Record<string, never>>): Reply {
  const links = [{ rel: 'self', href: `${baseUrl}/v2.0/` }];
  return { status: 200, body: { versions: [{ id: 'v2.0', status: 'CURRENT', links }] } };
}

function layout({ baseUrl }: Call<undefined, Record<string, never>>): Reply {
  const resources = CORE.map((name) => ({
    name,
    collection: `${name}s`,
    links: [{ rel: 'self', href: `${baseUrl}/v2.0/${name}s` }],
  }));
  return { status: 200, body: { resources } };
}

function extension({ params }: Call<undefined, Record<string, never>>): Reply {
  const alias = params['alias'] ?? '';
  const found = EXTENSIONS.find((e) => e.alias === alias);
  if (found === undefined) {
    throw new NeutronRefusal(404, 'HTTPNotFound', `Extension with alias ${alias} does not exist`);
  }
  return { status: 200, body: { extension: extensionView(found) } };
}
