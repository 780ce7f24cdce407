-- Undoes 20261128001100_records. No record is lost.

drop function if exists
  public.remove_cost_records, public.edit_cost_record, private.remove_record, private.keep_edit, private.keep_row,
  public.list_cost_records, public.get_cost_record, public.add_cost_record, private.find_record,
  private.patterns_of, private.name_pattern, private.escaped_pattern, private.record_json, private.first_import,
  private.row_json, private.calls_json;
