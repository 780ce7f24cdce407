-- Undoes 20261128001900_checks. No record is lost.

drop function if exists
  private.check_storage, private.check_indexes, private.check_partitions, private.check_imports,
  private.check_references, private.check_totals, private.check_daily_sums, private.own_tables;
