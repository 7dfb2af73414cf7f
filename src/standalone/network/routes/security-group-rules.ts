import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { scopeOf } from '#core/store/network-scope.js';
import type { NetworkStore } from '#core/store/network-store.js';
import { type CreateSecurityGroupRule, createSecurityGroupRule } from '#schemas/network/security-group.js';
import { projectOf } from '../access.js';
import { listed, shown } from '../collection.js';
import type { NetworkParts } from '../parts.js';
import { checkRule } from '../rule.js';
import { ruleView } from '../views.js';

const ATTRIBUTES = [
  'id',
  'security_group_id',
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
  'remote_address_group_id',
  'tenant_id',
  'project_id',
  'description',
  'created_at',
  'updated_at',
  'revision_number',
];

export function securityGroupRuleRoutes({ store }: NetworkParts): AnyRoute[] {
  return [
    route({
      name: 'get_security_group_rules',
      method: 'GET',
      path: '/v2.0/security-group-rules',
      handler: async (call) => {
        await store.securityGroups.ensureDefault(call.context.projectId);
        const rules = await store.rules.list(scopeOf(call.context));
        return listed(call, 'security_group_rules', ATTRIBUTES, rules.map(ruleView));
      },
    }),
    route({
      name: 'get_security_group_rule',
      method: 'GET',
      path: '/v2.0/security-group-rules/:id',
      handler: async (call) => {
        const rule = await store.rules.byId(call.params['id'] ?? '', scopeOf(call.context));
        return shown(call, 'security_group_rule', ruleView(rule));
      },
    }),
    route<{ security_group_rule: CreateSecurityGroupRule }>({
      name: 'create_security_group_rule',
      method: 'POST',
      path: '/v2.0/security-group-rules',
      body: () => createSecurityGroupRule,
      handler: (call) => create(store, call),
    }),
    route({
      name: 'delete_security_group_rule',
      method: 'DELETE',
      path: '/v2.0/security-group-rules/:id',
      handler: async ({ context, params }) => {
        const rule = await store.rules.byId(params['id'] ?? '', scopeOf(context));
        await store.rules.delete(rule.id);
        return { status: 204 };
      },
    }),
  ];
}

async function create(
  store: NetworkStore,
  { context, body }: Call<{ security_group_rule: CreateSecurityGroupRule }, Record<string, never>>,
): Promise<Reply> {
  const wanted = body.security_group_rule;
  const projectId = projectOf(context, wanted);
  const rule = checkRule(wanted, projectId);
  // Both groups are the project's own, or they do not exist for it.
  if (rule.remoteGroupId !== null) await store.securityGroups.byId(rule.remoteGroupId, projectId);
  await store.securityGroups.byId(rule.groupId, context.isAdmin ? null : projectId);
  return { status: 201, body: { security_group_rule: ruleView(await store.rules.insert(rule)) } };
}
