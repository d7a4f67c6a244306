-- What the call that asked was answered beside the request's own order: that of image scan, which ended with it at once.
alter table refund_requests add column also_answered text[] not null default '{}';
