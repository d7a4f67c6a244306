-- That how to use a flaw in attacks is published: beside whether it is known to be used.
alter table advisory_flaws add column proof_of_concept boolean not null default false;
alter table image_vulnerabilities add column proof_of_concept boolean not null default false;
