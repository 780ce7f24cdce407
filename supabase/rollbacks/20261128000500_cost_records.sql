-- Undoes 20261128000500_cost_records. ALL cost records are lost: export them first.

drop function if exists
  public.list_partitions, private.month_partitions, private.write_records, public.create_monthly_partition,
  private.add_month;
drop table if exists public.cost_records;
