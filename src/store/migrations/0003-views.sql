-- What lists are rendered from.

-- The Zun API lists in the order of creation.
create index containers_project_seq on containers (project_id, seq) where deleted_at is null;

-- A container without a flavor of its own is shown with the public one of its size: a change of flavors is a new revision of it.
create function flavors_changed() returns trigger language plpgsql as $$
begin
  -- Locked in one order, so that two changes at the same time wait for each other and for nothing else.
  update containers set revision = revision where uuid in (
    select uuid from containers where server ->> 'flavor' is null order by uuid for update);
  return null;
end $$;
create trigger flavors_changed after insert or update or delete or truncate on flavors
  for each statement execute function flavors_changed();
