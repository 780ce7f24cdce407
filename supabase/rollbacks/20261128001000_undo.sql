-- Undoes 20261128001000_undo. No record is lost.

drop function if exists public.undo_import, private.put_back, private.next_run;
