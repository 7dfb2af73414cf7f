-- What the small identity, image and network services of the stand-alone mode hold.

create table identity_projects (
  id text primary key,
  name text not null unique,
  description text not null default '',
  enabled boolean not null default true
);
create table identity_users (
  id text primary key,
  name text not null unique,
  password_hash text not null,
  default_project_id text references identity_projects (id) on delete set null,
  enabled boolean not null default true,
  -- tokens issued before are void: moved when the password changes
  tokens_valid_from timestamptz(3) not null default 'epoch',
  -- what clients store with a user and nobody here reads (email, description)
  extra jsonb not null default '{}'
);
create table identity_assignments (
  user_id text not null references identity_users (id) on delete cascade,
  project_id text not null references identity_projects (id) on delete cascade,
  role text not null,
  primary key (user_id, project_id, role)
);
-- tokens carry their own proof; only the revoked ones are remembered, until they would have expired
create table identity_revocations (
  audit_id text primary key,
  expires_at timestamptz(3) not null
);

create table images (
  id uuid primary key,
  name text,
  -- user: made through the image API; engine: seen on a host's engine; reference: made when somebody asked for the name
  origin text not null,
  owner text,
  visibility text not null default 'public',
  status text not null default 'active',
  -- what the engine runs: a normalised reference, or `zunova/image:<id>` for uploaded ones
  reference text not null,
  container_format text default 'docker',
  disk_format text default 'raw',
  size_bytes bigint,
  -- md5 of the uploaded archive; null: there is none
  checksum text,
  hash_algo text,
  hash_value text,
  min_ram_mb integer not null default 0,
  min_disk_gb integer not null default 0,
  protected boolean not null default false,
  hidden boolean not null default false,
  tags jsonb not null default '[]',
  properties jsonb not null default '{}',
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index images_name on images (name);
-- which host's engine has which image
create table host_images (
  host text not null references hosts (name) on delete cascade,
  image uuid not null references images (id) on delete cascade,
  engine_image text not null,
  primary key (host, image)
);

create table networks (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  project_id text not null,
  name text not null,
  description text not null default '',
  shared boolean not null default false,
  admin_state_up boolean not null default true,
  revision_number integer not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index networks_project on networks (project_id);
create table subnets (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  -- an engine network has one subnet
  network_id uuid not null references networks (id) on delete cascade constraint subnets_one_per_network unique,
  project_id text not null,
  name text not null,
  description text not null default '',
  cidr cidr not null,
  gateway_ip inet,
  -- [{"start", "end"}]: what ports get their addresses from
  allocation_pools jsonb not null,
  dns_nameservers jsonb not null default '[]',
  enable_dhcp boolean not null default true,
  revision_number integer not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- the networks of a deployment are bridges of the same hosts, whose routes must not collide
  constraint subnets_overlap exclude using gist (cidr inet_ops with &&)
);
create table network_ports (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  network_id uuid not null references networks (id),
  project_id text not null,
  name text not null default '',
  description text not null default '',
  mac_address macaddr not null,
  device_id text not null default '',
  device_owner text not null default '',
  host text not null default '',
  status text not null default 'DOWN',
  admin_state_up boolean not null default true,
  -- position among the interfaces of the container that it is bound to (device_id); null for a port that no container uses
  position integer,
  -- made for a container: deleted with it
  owned boolean not null default false,
  revision_number integer not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint network_ports_mac unique (network_id, mac_address)
);
create index network_ports_project on network_ports (project_id);
create unique index network_ports_position on network_ports (device_id, position) where position is not null;
create index network_ports_device on network_ports (device_id) where device_id <> '';
create table network_addresses (
  port_id uuid not null references network_ports (id) on delete cascade,
  subnet_id uuid not null references subnets (id),
  address inet not null,
  primary key (port_id, address),
  unique (subnet_id, address)
);

create table security_groups (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  project_id text not null,
  name text not null,
  description text not null default '',
  revision_number integer not null default 0,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create index security_groups_project on security_groups (project_id);
create unique index security_groups_default on security_groups (project_id) where name = 'default';
create table security_group_rules (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  security_group_id uuid not null references security_groups (id) on delete cascade,
  project_id text not null,
  direction text not null,
  ethertype text not null,
  protocol text,
  port_range_min integer,
  port_range_max integer,
  remote_ip_prefix cidr,
  remote_group_id uuid references security_groups (id) on delete cascade,
  description text not null default '',
  created_at timestamptz(3) not null default now()
);
create index security_group_rules_group on security_group_rules (security_group_id);
create table port_security_groups (
  port_id uuid not null references network_ports (id) on delete cascade,
  security_group_id uuid not null references security_groups (id),
  primary key (port_id, security_group_id)
);
create index port_security_groups_group on port_security_groups (security_group_id);
