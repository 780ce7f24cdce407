-- Undoes 20261128000100_foundations.

drop schema if exists private cascade;
