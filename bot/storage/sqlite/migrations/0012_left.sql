-- When it was found that the bot is in a server no more; 0: it is there, as far as anybody knows.
ALTER TABLE servers ADD COLUMN left_ms INTEGER NOT NULL DEFAULT 0;
