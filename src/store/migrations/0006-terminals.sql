-- Who may connect to which terminal. The token itself is nowhere: this is its SHA-256 in hexadecimal.
create table terminal_sessions (
  token_hash text primary key,
  container uuid not null references containers (uuid) on delete cascade,
  -- null: the main process
  exec_id text,
  tty boolean not null,
  expires_at timestamptz(3) not null,
  -- a token serves once
  used_at timestamptz(3)
);
create index terminal_sessions_of_container on terminal_sessions (container, exec_id);
