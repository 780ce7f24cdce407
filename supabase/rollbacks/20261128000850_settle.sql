-- Undoes 20261128000850_settle. No record is lost.

drop function if exists
  private.settle_next, private.most_settled_rows, private.note_moved, private.added_missing,
  private.forget_days, private.settle, private.next_moves, private.days_in_one, private.show_rows, private.hide_rows,
  private.record_mark, private.count_joined,
  private.edited, private.last_edits, private.move_edits, private.home_of, private.key_in, private.owner_of;
