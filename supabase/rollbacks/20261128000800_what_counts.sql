-- Undoes 20261128000800_what_counts. No record is lost.

drop function if exists
  private.choose_sheets, private.giving_way, private.current_sheets, private.replacing_imports, private.joined_amount, private.counted_id,
  private.original_rows, private.source_of, private.bind_imports, private.part_sources, private.find_sources, private.beside_of, private.is_scanned,
  private.measured, private.measure_of, private.is_as_full;
