-- What a failure means is kept beside its code, so that nothing but its provider has to know the code. Until now it was
-- looked up whenever it was told: what had failed by then gets the meaning that it was told by.
ALTER TABLE jobs ADD COLUMN failure_kind TEXT NOT NULL DEFAULT '';  -- '' unless it failed
ALTER TABLE images ADD COLUMN kind TEXT NOT NULL DEFAULT '';        -- '' where there is no code

CREATE TEMP TABLE meanings (code TEXT PRIMARY KEY, kind TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meanings (code, kind) VALUES
    ('InvalidParameter', 'parameters'), ('BadRequest.EmptyInput', 'parameters'),
    ('BadRequest.EmptyParameters', 'parameters'), ('BadRequest.EmptyModel', 'parameters'),
    ('BadRequest.IllegalInput', 'parameters'), ('BadRequest.TooLarge', 'parameters'), ('InvalidURL', 'parameters'),
    ('DataInspectionFailed', 'content'), ('data_inspection_failed', 'content'), ('CustomRoleBlocked', 'content'),
    ('IPInfringementSuspect', 'ip'), ('UnsupportedOperation', 'parameters'), ('Arrearage', 'account'),
    ('InvalidApiKey', 'account'), ('invalid_api_key', 'account'), ('NOT AUTHORIZED', 'account'),
    ('AccessDenied', 'account'), ('Workspace.AccessDenied', 'account'), ('Model.AccessDenied', 'model'),
    ('AllocationQuota.FreeTierOnly', 'model'), ('ModelNotFound', 'model'), ('model_not_found', 'model'),
    ('WorkSpaceNotFound', 'account'), ('NotFound', 'account'), ('Throttling', 'throttled'),
    ('CommodityNotPurchased', 'account'), ('PrepaidBillOverdue', 'account'), ('PostpaidBillOverdue', 'account'),
    ('InternalError', 'service'), ('internal_error', 'service'), ('InternalError.Timeout', 'timeout'),
    ('SystemError', 'service'), ('ModelServiceFailed', 'service'), ('RequestTimeOut', 'timeout'),
    ('RewriteFailed', 'service'), ('ModelServingError', 'throttled'), ('ModelUnavailable', 'service'),
    ('not_sent', 'service'), ('timeout', 'timeout'), ('broken', 'service'), ('unreadable', 'service'),
    ('incomplete', 'service'), ('in_doubt', 'doubt'), ('task_forgotten', 'forgotten'), ('task_failed', 'service'),
    ('no_results', 'results'), ('result_rejected', 'results'), ('result_unavailable', 'results'),
    ('file_lost', 'lost');

-- A code also stands for "code.anything" that has no row of its own; "http_" and a status is the service's trouble.
UPDATE jobs SET failure_kind = coalesce(
    (SELECT kind FROM meanings WHERE failure = code OR substr(failure, 1, length(code) + 1) = code || '.'
        ORDER BY length(code) DESC LIMIT 1),
    CASE WHEN substr(failure, 1, 5) = 'http_' THEN 'service' ELSE 'unknown' END)
WHERE state = 'failed';
UPDATE images SET kind = coalesce(
    (SELECT kind FROM meanings WHERE images.code = meanings.code
        OR substr(images.code, 1, length(meanings.code) + 1) = meanings.code || '.'
        ORDER BY length(meanings.code) DESC LIMIT 1),
    CASE WHEN substr(images.code, 1, 5) = 'http_' THEN 'service' ELSE 'unknown' END)
WHERE images.code <> '';
DROP TABLE meanings;

-- So does what the operator can do about a stop: a notice of one that is still to be sent gets it here.
CREATE TEMP TABLE advices (code TEXT PRIMARY KEY, advice TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO advices (code, advice) VALUES
    ('InvalidApiKey', 'key'), ('invalid_api_key', 'key'), ('Arrearage', 'arrears'), ('AccessDenied', 'denied'),
    ('Model.AccessDenied', 'denied'), ('Workspace.AccessDenied', 'denied'),
    ('AllocationQuota.FreeTierOnly', 'free-tier'), ('Throttling.AllocationQuota', 'free-tier'),
    ('ModelNotFound', 'model'), ('model_not_found', 'model'), ('InvalidParameter', 'address');
UPDATE outbox SET content = json_set(content, '$.advice', coalesce(
    (SELECT advice FROM advices WHERE content ->> '$.code' = code
        OR substr(content ->> '$.code', 1, length(code) + 1) = code || '.'
        ORDER BY length(code) DESC LIMIT 1), 'other'))
WHERE kind = 'lane-stopped' AND done_ms = 0;
DROP TABLE advices;
