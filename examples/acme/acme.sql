-- The example company's identity, login and backup records, as of 2026-11-20T09:00:00Z.
-- `tickmark demo` turns this file into acme.db. All people are invented.

CREATE TABLE users (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    roles       TEXT NOT NULL,      -- comma separated
    mfa_enabled INTEGER NOT NULL,   -- 0 or 1
    factors     TEXT NOT NULL,      -- comma separated
    service     INTEGER NOT NULL,   -- 1 for an account that no person uses
    enabled     INTEGER NOT NULL,
    created_at  TEXT NOT NULL,
    last_login  TEXT
);

INSERT INTO users VALUES
    (1, 'ada',        'ada@acme.example',        'admin',          1, 'webauthn,totp', 0, 1, '2023-02-01T08:00:00Z', '2026-11-20T07:41:00Z'),
    (2, 'boris',      'boris@acme.example',      'admin,engineer', 0, '',              0, 1, '2024-06-17T08:00:00Z', '2026-11-19T16:02:00Z'),  -- an administrator without MFA
    (3, 'chioma',     'chioma@acme.example',     'engineer',       1, 'totp',          0, 1, '2024-01-08T08:00:00Z', '2026-11-20T08:12:00Z'),
    (4, 'dmitri',     'dmitri@acme.example',     'engineer',       1, 'totp',          0, 1, '2025-03-03T08:00:00Z', '2026-11-18T12:30:00Z'),
    (5, 'elena',      'elena@acme.example',      'finance',        1, 'webauthn',      0, 1, '2023-09-11T08:00:00Z', '2026-11-19T09:05:00Z'),
    (6, 'farid',      'farid@acme.example',      'sales',          1, 'push',          0, 1, '2025-10-01T08:00:00Z', '2026-11-17T10:44:00Z'),
    (7, 'gudrun',     'gudrun@acme.example',     'engineer',       0, '',              0, 0, '2022-05-02T08:00:00Z', '2026-08-29T15:00:00Z'),  -- left the company, disabled
    (8, 'deploy-bot', 'deploy-bot@acme.example', 'admin',          0, '',              1, 1, '2024-02-20T08:00:00Z', '2026-11-20T08:55:00Z');  -- a service account

CREATE TABLE auth_log (
    at      TEXT NOT NULL,
    user_id INTEGER,
    success INTEGER NOT NULL
);

-- The log was rotated this morning: it reaches back to 03:12, so nobody can say how many logins failed in 24 hours.
INSERT INTO auth_log VALUES
    ('2026-11-20T03:12:00Z', NULL, 0),
    ('2026-11-20T03:13:00Z', NULL, 0),
    ('2026-11-20T07:41:00Z', 1, 1),
    ('2026-11-20T08:12:00Z', 3, 1),
    ('2026-11-20T08:55:00Z', 8, 1);

CREATE TABLE backup_log (
    job         TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    success     INTEGER NOT NULL,
    size        INTEGER             -- bytes
);

INSERT INTO backup_log VALUES
    ('orders-db',   '2026-11-18T01:00:00Z', '2026-11-18T01:09:12Z', 1, 5368709120),
    ('orders-db',   '2026-11-19T01:00:00Z', '2026-11-19T01:09:40Z', 1, 5370806272),
    ('orders-db',   '2026-11-20T01:00:00Z', '2026-11-20T01:10:02Z', 1, 5373952000),
    ('customer-files', '2026-11-16T02:00:00Z', '2026-11-16T02:31:00Z', 1, 21474836480),
    ('customer-files', '2026-11-17T02:00:00Z', '2026-11-17T02:04:00Z', 0, NULL),   -- fails since the 17th
    ('customer-files', '2026-11-18T02:00:00Z', '2026-11-18T02:04:10Z', 0, NULL),
    ('customer-files', '2026-11-19T02:00:00Z', '2026-11-19T02:03:58Z', 0, NULL),
    ('customer-files', '2026-11-20T02:00:00Z', '2026-11-20T02:04:05Z', 0, NULL);
    -- `audit-archive` is expected too, and never ran.

CREATE TABLE restore_log (
    job         TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    success     INTEGER NOT NULL
);

INSERT INTO restore_log VALUES
    ('orders-db',      '2026-10-06T09:00:00Z', '2026-10-06T09:47:00Z', 1),
    ('customer-files', '2026-10-07T09:00:00Z', '2026-10-07T11:20:00Z', 1),
    ('audit-archive',  '2026-10-07T12:00:00Z', '2026-10-07T12:09:00Z', 1);
