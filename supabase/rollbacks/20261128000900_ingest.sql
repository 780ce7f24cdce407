-- Undoes 20261128000900_ingest. No record is lost.

drop function if exists public.ingest_cost_records, private.ingest, private.upsert_records;
