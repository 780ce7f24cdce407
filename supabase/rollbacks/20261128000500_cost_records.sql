-- Undoes 20261128000500_cost_records. ALL cost records are lost: export them first.

drop trigger if exists remove_layer_rows on public.sheets;
drop function if exists
  public.list_partitions, private.month_partitions, public.create_monthly_partition, private.add_month,
  private.remove_layer_rows;
drop table if exists public.layer_rows;
drop table if exists public.cost_records;
