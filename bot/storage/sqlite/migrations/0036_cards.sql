-- What the messages with pictures say to all, and who may press what asks for the same.
ALTER TABLE settings ADD COLUMN shows_receipts INTEGER NOT NULL DEFAULT 0 CHECK (shows_receipts IN (0, 1));
ALTER TABLE settings ADD COLUMN shares_buttons INTEGER NOT NULL DEFAULT 0 CHECK (shares_buttons IN (0, 1));
