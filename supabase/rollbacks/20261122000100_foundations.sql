-- Undoes 20261122000100_foundations.

drop schema if exists private cascade;
