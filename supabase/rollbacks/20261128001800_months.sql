-- Undoes 20261128001800_months. No record is lost.

drop function if exists
  private.drop_month, private.export_month, private.month_contents, private.month_end, private.month_start;
