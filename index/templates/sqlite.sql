-- The embedded index. `documents` holds what is filtered, sorted and counted, in short rows; `bodies` what is shown.
-- Keys are never used twice (AUTOINCREMENT), so that a stored ranking can name documents by key.
CREATE TABLE documents (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  restricted INTEGER NOT NULL,
  urgency REAL NOT NULL,
  created_ms INTEGER NOT NULL,
  kind TEXT,
  category TEXT,
  source TEXT NOT NULL,
  lane TEXT NOT NULL,
  state TEXT NOT NULL,
  review INTEGER NOT NULL,
  incident_id TEXT,
  area_provinsi TEXT,
  area_kabkota TEXT,
  area_kecamatan TEXT,
  area_kelurahan TEXT
) STRICT;
CREATE INDEX documents_by_urgency ON documents (urgency DESC, created_ms DESC, id);
CREATE INDEX documents_by_time ON documents (created_ms DESC, id);
CREATE INDEX documents_by_incident ON documents (incident_id) WHERE incident_id IS NOT NULL;

CREATE TABLE bodies (key INTEGER PRIMARY KEY, stems TEXT NOT NULL, body BLOB NOT NULL) STRICT;

-- Stems come as terms already (index/tokens.py); everything but a blank belongs to a term.
CREATE VIRTUAL TABLE terms USING fts5 (
  stems, content = 'bodies', content_rowid = 'key', prefix = '3',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
);
CREATE TRIGGER bodies_added AFTER INSERT ON bodies BEGIN
  INSERT INTO terms (rowid, stems) VALUES (new.key, new.stems);
END;
CREATE TRIGGER bodies_changed AFTER UPDATE ON bodies BEGIN
  INSERT INTO terms (terms, rowid, stems) VALUES ('delete', old.key, old.stems);
  INSERT INTO terms (rowid, stems) VALUES (new.key, new.stems);
END;
CREATE TRIGGER bodies_removed AFTER DELETE ON bodies BEGIN
  INSERT INTO terms (terms, rowid, stems) VALUES ('delete', old.key, old.stems);
END;

CREATE TABLE marks (segment TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', lower(hex(randomblob(16))));
