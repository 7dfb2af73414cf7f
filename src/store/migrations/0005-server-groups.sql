-- Lists of server groups are in the order of creation.
alter table server_groups add column seq bigint generated always as identity;
create index server_groups_project on server_groups (project_id, seq);
