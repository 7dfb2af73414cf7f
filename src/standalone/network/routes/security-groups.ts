import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { scopeOf } from '#core/store/network-scope.js';
import type { NetworkStore } from '#core/store/network-store.js';
import { DEFAULT_GROUP } from '#core/store/security-groups.js';
import {
  type CreateSecurityGroup,
  createSecurityGroup,
  type UpdateSecurityGroup,
  updateSecurityGroup,
} from '#schemas/network/security-group.js';
import { projectOf } from '../access.js';
import { listed, shown } from '../collection.js';
import { NeutronRefusal } from '../errors.js';
import type { NetworkParts } from '../parts.js';
import { securityGroupView } from '../views.js';

const ATTRIBUTES = [
  'id',
  'name',
  'description',
  'stateful',
  'tenant_id',
  'project_id',
  'tags',
  'created_at',
  'updated_at',
  'revision_number',
];

/** Security groups are records of this service: nothing filters by them yet. */
export function securityGroupRoutes({ store }: NetworkParts): AnyRoute[] {
  return [
    route({
      name: 'get_security_groups',
      method: 'GET',
      path: '/v2.0/security-groups',
      handler: async (call) => {
        // As in Neutron, whoever looks at his groups finds the default one.
        await store.securityGroups.ensureDefault(call.context.projectId);
        const groups = await store.securityGroups.list(scopeOf(call.context));
        return listed(call, 'security_groups', ATTRIBUTES, groups.map(securityGroupView));
      },
    }),
    route({
      name: 'get_security_group',
      method: 'GET',
      path: '/v2.0/security-groups/:id',
      handler: async (call) => {
        const group = await store.securityGroups.byId(call.params['id'] ?? '', scopeOf(call.context));
        return shown(call, 'security_group', securityGroupView(group));
      },
    }),
    route<{ security_group: CreateSecurityGroup }>({
      name: 'create_security_group',
      method: 'POST',
      path: '/v2.0/security-groups',
      body: () => createSecurityGroup,
      handler: (call) => create(store, call),
    }),
    route<{ security_group: UpdateSecurityGroup }>({
      name: 'update_security_group',
      method: 'PUT',
      path: '/v2.0/security-groups/:id',
      body: () => updateSecurityGroup,
      handler: (call) => update(store, call),
    }),
    route({
      name: 'delete_security_group',
      method: 'DELETE',
      path: '/v2.0/security-groups/:id',
      handler: async ({ context, params }) => {
        const group = await store.securityGroups.byId(params['id'] ?? '', scopeOf(context));
        if (group.name === DEFAULT_GROUP && !context.isAdmin) {
          const message = 'Insufficient rights for removing default security group.';
          throw new NeutronRefusal(409, 'SecurityGroupCannotRemoveDefault', message);
        }
        await store.securityGroups.delete(group.id);
        return { status: 204 };
      },
    }),
  ];
}

async function create(
  store: NetworkStore,
  { context, body }: Call<{ security_group: CreateSecurityGroup }, Record<string, never>>,
): Promise<Reply> {
  const { name, description, ...owner } = body.security_group;
  const projectId = projectOf(context, owner);
  notDefault(name);
  await store.securityGroups.ensureDefault(projectId);
  const group = await store.securityGroups.insert(projectId, name, description);
  return { status: 201, body: { security_group: securityGroupView(group) } };
}

async function update(
  store: NetworkStore,
  { context, body, params }: Call<{ security_group: UpdateSecurityGroup }, Record<string, never>>,
): Promise<Reply> {
  const { name, description } = body.security_group;
  const group = await store.securityGroups.byId(params['id'] ?? '', scopeOf(context));
  if (name !== undefined) {
    if (group.name === DEFAULT_GROUP) {
      const message = 'Updating default security group not allowed.';
      throw new NeutronRefusal(409, 'SecurityGroupCannotUpdateDefault', message);
    }
    notDefault(name);
  }
  await store.securityGroups.update(group.id, {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
  });
  const changed = await store.securityGroups.byId(group.id, scopeOf(context));
  return { status: 200, body: { security_group: securityGroupView(changed) } };
}

/** @throws NeutronRefusal */
function notDefault(name: string): void {
  if (name.toLowerCase() !== DEFAULT_GROUP) return;
  throw new NeutronRefusal(409, 'SecurityGroupDefaultAlreadyExists', 'Default security group already exists.');
}
