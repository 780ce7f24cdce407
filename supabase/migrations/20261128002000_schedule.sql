-- Automatic maintenance, if the extension pg_cron is enabled (Supabase: Database, Extensions). The embedded store
-- refreshes after a large import, and imports create the partitions that they need.

do $$
begin
  if exists (select from pg_extension where extname = 'pg_cron') then
    perform cron.schedule('aicost-refresh', '15 2 * * *', 'select public.refresh_cost_records_daily()');
    perform cron.schedule(
      'aicost-partitions',
      '30 2 20 * *',
      $job$
        select public.create_monthly_partition(extract(year from month)::int, extract(month from month)::int)
        from generate_series(date_trunc('month', now()), now() + interval '6 months', interval '1 month') month
      $job$
    );
  end if;
end
$$;
