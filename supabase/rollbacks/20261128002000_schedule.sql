-- Undoes 20261128002000_schedule.

do $$
begin
  if exists (select from pg_extension where extname = 'pg_cron') then
    perform cron.unschedule(jobname) from cron.job where jobname in ('aicost-refresh', 'aicost-partitions');
  end if;
end
$$;
