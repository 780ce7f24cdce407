-- Undoes 20261122000500_cost_records. ALL cost records are lost: export them first.

drop function if exists public.create_monthly_partition;
drop function if exists private.add_month;
drop table if exists public.cost_records cascade;
