-- What may be due: asked twice a second, and few among those that ended or failed.
create index subscription_live on records.subscription (next_at) where status in ('requested', 'active');
