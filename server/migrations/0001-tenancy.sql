-- What every later file stands on: how a table of tenant data is protected, and who may touch what.

revoke all on schema public from public;
grant usage on schema public to wharfinger_app, wharfinger_system;

-- The tenant of the current transaction. Outside a tenant transaction this is an error, never "all rows".
create function current_tenant() returns bigint
  language sql stable parallel safe
  as $$ select current_setting('wharfinger.tenant_id')::bigint $$;

-- Protects a table of tenant data: forced row-level security, one policy for each of the two roles, and their rights.
-- The table has tenant_id first in its primary key and in every index.
create procedure protect_tenant_table(target regclass)
  language plpgsql
  as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant on %s to wharfinger_app using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))',
    target);
  execute format('create policy system on %s to wharfinger_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to wharfinger_app, wharfinger_system', target);
end
$$;

revoke execute on procedure protect_tenant_table from public;
