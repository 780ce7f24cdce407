-- Undoes 20261128001700_schema_status. No record is lost.

drop function if exists
  public.get_database_status, public.get_schema_status, private.count_stale_days,
  private.cron_jobs, private.migration_texts;
