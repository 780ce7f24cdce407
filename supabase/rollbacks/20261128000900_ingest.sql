-- Undoes 20261128000900_ingest. No record is lost.

drop function if exists
  public.settle_days, public.finish_import, private.settle_for, private.known_json, private.conclude_import, private.standing_of,
  private.partial_files, public.import_rates,
  private.hidden_facts, private.beside_facts, private.first_facts, private.waiting_edits, private.lower_days, private.note_days, private.mark_whole,
  private.sum_again, private.count_rows,
  private.running_import, public.add_rows, private.put_rows, private.write_many_rows, private.write_rows, private.as_first_here, private.sheets_of_days, private.as_first,
  private.statement_of, private.require_owned, private.is_counted, private.counting_sheets,
  private.read_rows, private.unescaped, private.is_last_of_series, private.is_whole_import,
  private.wanted_rows, public.begin_import, public.zone_of_series, public.check_import, private.take_back, private.repeated_sheets,
  private.refuse_archived, private.refuse_other_reading, private.add_sheets, private.counts_at_once,
  private.given_sheets;
