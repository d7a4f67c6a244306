-- Until when a debt was told of at 10:00, so that each of these notices is told once.
alter table elastic_debts add column noticed_at timestamptz;
