-- Undoes 20261128000800_overlaps. No record is lost.

drop function if exists
  private.retire_records, private.day_marks, private.own_view, private.replace_views, private.compare_views,
  private.other_views, private.overlapping_series;
