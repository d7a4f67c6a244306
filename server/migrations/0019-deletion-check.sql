-- Whose data are being deleted, asked by those who want to write: the lock first, for as long as their transaction lasts,
-- then the answer. Each statement of a volatile function sees what was committed before it began, so the answer is not
-- older than the lock; in one plain statement it could be.
create function being_deleted(of_tenant bigint, lock_name text) returns setof text
  language plpgsql volatile
  as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(lock_name, 0));
  return query select ended from deletions where tenant_id = of_tenant and finished_at is null;
end
$$;
