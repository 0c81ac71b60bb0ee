-- In which language the server is told what is said to nobody in particular; '': as Discord has the server's.
ALTER TABLE settings ADD COLUMN language TEXT NOT NULL DEFAULT '';
