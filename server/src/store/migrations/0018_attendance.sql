-- When somebody came who was late, and left before the end.
ALTER TABLE participant ADD COLUMN arrived TEXT;
ALTER TABLE participant ADD COLUMN departed TEXT;
