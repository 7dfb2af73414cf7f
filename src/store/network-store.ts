import type { Database, Transaction } from './database.js';
import { Networks } from './networks.js';
import { Ports } from './ports.js';
import { SecurityGroupRules } from './security-group-rules.js';
import { SecurityGroups } from './security-groups.js';
import { Subnets } from './subnets.js';

/** Any number: processes that seed networks at the same time take turns on it. */
const SEED_LOCK = 727_002;

/** The repositories of the embedded network service, over one database. */
export class NetworkStore {
  readonly networks: Networks;
  readonly subnets: Subnets;
  readonly ports: Ports;
  readonly securityGroups: SecurityGroups;
  readonly rules: SecurityGroupRules;

  constructor(private readonly database: Database) {
    this.networks = new Networks(database);
    this.subnets = new Subnets(database);
    this.ports = new Ports(database);
    this.securityGroups = new SecurityGroups(database);
    this.rules = new SecurityGroupRules(database);
  }

  /** One process at a time, in one transaction. */
  async seeding<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction(async (t) => {
      await this.database.query(`select pg_advisory_xact_lock(${SEED_LOCK})`, [], t);
      return work(t);
    });
  }

  /** Projects that own a network. */
  async projectsWithNetworks(transaction: Transaction): Promise<Set<string>> {
    const rows = await this.database.query<{ project_id: string }>(
      'select distinct project_id from networks',
      [],
      transaction,
    );
    return new Set(rows.map((r) => r.project_id));
  }
}
