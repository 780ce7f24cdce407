-- Undoes 20261127000300_care. No record is lost.

drop function if exists public.list_partitions, public.get_database_status;
drop function if exists
  private.check_storage, private.check_indexes, private.check_partitions, private.check_imports,
  private.check_references, private.check_totals, private.check_daily_sums, private.own_tables, private.drop_month,
  private.export_month, private.month_page, private.month_contents, private.month_end, private.month_start,
  private.month_partitions, private.last_refresh;

create or replace function private.refresh_daily() returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  -- Whoever is at it already does it for all.
  if not pg_try_advisory_xact_lock(hashtextextended('aicost.refresh_daily', 0)) then
    return;
  end if;
  delete from private.stale_days;
  refresh materialized view concurrently public.cost_records_daily;
end
$$;

drop table if exists private.daily_refreshes;
