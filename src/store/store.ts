import { ContainerStore } from './container-store.js';
import type { Database } from './database.js';
import { FlavorStore } from './flavor-store.js';
import { HostStore } from './host-store.js';
import { KeypairStore } from './keypair-store.js';
import { OperationStore } from './operation-store.js';
import { QuotaStore } from './quota-store.js';
import { ServerGroupStore } from './server-group-store.js';
import { TerminalStore } from './terminal-store.js';

/** The repositories of the engine, over one database. */
export interface Store {
  readonly database: Database;
  readonly containers: ContainerStore;
  readonly operations: OperationStore;
  readonly hosts: HostStore;
  readonly flavors: FlavorStore;
  readonly keypairs: KeypairStore;
  readonly quotas: QuotaStore;
  readonly serverGroups: ServerGroupStore;
  readonly terminals: TerminalStore;
}

export const createStore = (database: Database, leaseSeconds: number): Store => ({
  database,
  containers: new ContainerStore(database),
  operations: new OperationStore(database, leaseSeconds),
  hosts: new HostStore(database),
  flavors: new FlavorStore(database),
  keypairs: new KeypairStore(database),
  quotas: new QuotaStore(database),
  serverGroups: new ServerGroupStore(database),
  terminals: new TerminalStore(database),
});
