-- Undoes 20261128001000_undo. No record is lost.

drop function if exists
  public.compare_rows, private.fullness, public.try_imports, private.carry_out, public.preview_import, private.preview, public.preview_undo,
  public.undo_import,
  private.added_moved, private.undo_counts, private.take_out;
