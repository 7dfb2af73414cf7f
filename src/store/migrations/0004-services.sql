-- A host can be deleted when nothing runs on it; the records of what ran on it once keep its name.
alter table containers drop constraint containers_host_fkey;
