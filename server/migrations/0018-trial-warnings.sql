-- Until when it was told that the trial ends soon, so that each warning is told once.
alter table trials add column warned_at timestamptz;
