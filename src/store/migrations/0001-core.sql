-- The state of Zunova. Times are timestamptz(3): JavaScript dates have no microseconds, and a paging marker must compare equal.

create table deployment (
  id uuid primary key default gen_random_uuid(),
  created_at timestamptz(3) not null default now()
);
insert into deployment default values;

create table hosts (
  id integer generated always as identity primary key,
  service_id integer generated always as identity,
  name text not null unique,
  uuid uuid not null unique default gen_random_uuid(),
  service_uuid uuid not null unique default gen_random_uuid(),
  availability_zone text not null,
  address text not null,
  info jsonb not null,
  enabled boolean not null default true,
  disabled_reason text,
  forced_down boolean not null default false,
  report_count integer not null default 0,
  last_seen_at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create sequence revisions;

create table containers (
  uuid uuid primary key,
  seq bigint generated always as identity unique,
  project_id text not null,
  user_id text not null,
  name text not null,
  hostname text not null,
  front_end text not null,
  host text references hosts (name),
  availability_zone text,
  spec jsonb not null,
  server jsonb not null,
  ports jsonb not null default '[]',
  generation integer not null default 1,
  -- facts, one column each: the state is derived from them
  engine_id text,
  engine_created_at timestamptz(3),
  launched_at timestamptz(3),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  exit_code integer,
  oom_killed boolean not null default false,
  running boolean not null default false,
  paused boolean not null default false,
  restarting boolean not null default false,
  dead boolean not null default false,
  health text,
  stop_requested boolean not null default false,
  missing_since timestamptz(3),
  failure jsonb,
  observed_at timestamptz(3),
  effective jsonb,
  deleted_at timestamptz(3),
  -- what the container takes of its host and its project; usage is always a sum over these
  claimed_cpus numeric(8, 3) not null,
  claimed_memory_mb integer not null,
  claimed_disk_gb integer not null,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  revision bigint not null default nextval('revisions')
);
create index containers_project on containers (project_id, created_at desc, uuid desc) where deleted_at is null;
create index containers_seq on containers (seq) where deleted_at is null;
create index containers_host on containers (host) where deleted_at is null;
create index containers_name on containers (project_id, name) where deleted_at is null;
create index containers_changed on containers (updated_at);
create index containers_group on containers ((server ->> 'serverGroup')) where deleted_at is null;

create table operations (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity unique,
  container uuid not null references containers (uuid) on delete cascade,
  project_id text not null,
  user_id text not null,
  request_id text not null,
  front_end text not null,
  host text,
  action text not null,
  args jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  step text,
  attempt integer not null default 0,
  -- facts that a later attempt needs: which steps were begun and finished
  events jsonb not null default '[]',
  error text,
  run_at timestamptz(3) not null default now(),
  lease_owner uuid,
  lease_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  started_at timestamptz(3),
  finished_at timestamptz(3)
);
create index operations_ready on operations (host, run_at, seq) where state = 'queued';
create index operations_leased on operations (lease_until) where state = 'running';
create index operations_container on operations (container, seq desc);
create index operations_in_flight on operations (container, seq) where state in ('queued', 'running');
-- the wall behind the claim query: one operation at a time on a container
create unique index operations_one on operations (container) where state = 'running';

-- Wakes the agent of the host.
create function operation_queued() returns trigger language plpgsql as $$
begin
  perform pg_notify('zunova_operations', coalesce(new.host, ''));
  return null;
end $$;
create trigger operation_queued after insert on operations for each row execute function operation_queued();

-- A view of a container shows its operation in flight, so a change of either is a new revision.
create function container_changed() returns trigger language plpgsql as $$
begin
  new.revision := nextval('revisions');
  return new;
end $$;
create trigger container_changed before update on containers for each row execute function container_changed();

create function operation_changed() returns trigger language plpgsql as $$
begin
  update containers set updated_at = now() where uuid = new.container;
  return null;
end $$;
create trigger operation_inserted after insert on operations for each row execute function operation_changed();
create trigger operation_changed after update of state, step on operations
  for each row when (old.state is distinct from new.state or old.step is distinct from new.step)
  execute function operation_changed();

create table flavors (
  id integer generated always as identity primary key,
  flavor_id text not null unique,
  name text not null unique,
  vcpus integer not null,
  ram_mb integer not null,
  disk_gb integer not null,
  ephemeral_gb integer not null default 0,
  swap_mb integer not null default 0,
  rxtx_factor double precision not null default 1,
  is_public boolean not null default true,
  disabled boolean not null default false,
  description text,
  extra_specs jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3)
);
create table flavor_access (
  flavor integer not null references flavors (id) on delete cascade,
  project_id text not null,
  primary key (flavor, project_id)
);
insert into flavors (flavor_id, name, ram_mb, vcpus, disk_gb) values
  ('1', 'm1.tiny', 512, 1, 1), ('2', 'm1.small', 2048, 1, 20), ('3', 'm1.medium', 4096, 2, 40),
  ('4', 'm1.large', 8192, 4, 80), ('5', 'm1.xlarge', 16384, 8, 160),
  ('c1', 'c1.nano', 64, 1, 1), ('c2', 'c1.micro', 256, 1, 1);

create table keypairs (
  id integer generated always as identity primary key,
  user_id text not null,
  name text not null,
  type text not null,
  public_key text not null,
  fingerprint text not null,
  created_at timestamptz(3) not null default now(),
  unique (user_id, name)
);

create table server_groups (
  uuid uuid primary key default gen_random_uuid(),
  project_id text not null,
  user_id text not null,
  name text not null,
  policy text not null,
  rules jsonb not null default '{}',
  created_at timestamptz(3) not null default now()
);

-- scope: 'project' or 'class'; class `default` holds the defaults of all projects
create table quotas (
  scope text not null check (scope in ('project', 'class')),
  scope_id text not null,
  resource text not null,
  hard_limit integer not null,
  primary key (scope, scope_id, resource)
);
