-- Why moderators rejected an appeal: the member is told. What was rejected before has no reason.
ALTER TABLE appeals ADD COLUMN answer TEXT NOT NULL DEFAULT '';
