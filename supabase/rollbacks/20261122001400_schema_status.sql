-- Undoes 20261122001400_schema_status. No record is lost.

drop function if exists public.get_schema_status;
drop function if exists
  private.partition_months, private.count_stale_days, private.cron_jobs, private.applied_migrations;
